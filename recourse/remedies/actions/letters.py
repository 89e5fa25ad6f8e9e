"""Letters: checked for every mandatory text, kept, and sent as a message of the case."""

import datetime as dt

from django.utils.translation import gettext as _

from recourse.cases.queries.find import CaseKey
from recourse.conversations.actions import reply
from recourse.handbook.policy.remedies import LetterKind
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid
from recourse.kit.transactions import verb
from recourse.people.policy import Permission
from recourse.remedies.actions.keeping import number_after, open_package, staff_of
from recourse.remedies.events import LetterSent
from recourse.remedies.models import Letter, Package
from recourse.remedies.policy import missing_blocks
from recourse.remedies.queries.letters import blocks_of
from recourse.timeline.actions.record import record


@verb
def send_letter(
    case_key: CaseKey, text: str, *, kind: LetterKind = LetterKind.FINAL, by: Actor, at: dt.datetime,
    seen: int | None = None,
) -> Letter:  # fmt: skip
    """Send the customer a letter, such as the final answer. Invalid(text) naming every mandatory text that is missing.

    Needs remedy:offer and message:send.
    """
    by.require(Permission.REMEDY_OFFER)
    return write_letter(open_package(case_key, by=by, seen=seen), kind, text, by=by, at=at, field="text")


def write_letter(
    package: Package, kind: LetterKind, text: str, *, by: Actor, at: dt.datetime, field: str = "letter"
) -> Letter:
    """Keep a letter and send it as a message, if it holds every text that it must."""
    blocks = blocks_of(package, kind, at=at)
    missing = missing_blocks(text, blocks)
    if missing:
        names = ", ".join(f"“{block.name}”" for block in missing)
        raise Invalid.one(field, _("These texts must stand in the letter: %(names)s.") % {"names": names})
    message = reply(case_ref=package.case.ref, text=text, by=by, at=at, can_undo=False)
    letter = Letter.objects.create(
        package=package,
        number=number_after(Letter.objects.filter(package=package).values_list("number", flat=True)),
        letter=kind,
        text=message.text,
        blocks=[block.key for block in blocks],
        edition=package.edition,
        written_by=staff_of(by),
        written_at=at,
        message=message,
        sent_at=at,
    )
    event = LetterSent(str(letter.pk), letter.number, letter.letter, letter.blocks)
    record(event, thread=package.case.thread, by=by, at=at, edition=package.edition)
    return letter
