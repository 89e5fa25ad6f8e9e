"""Letters to begin from, and the texts that they must hold."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from recourse.handbook.policy.remedies import Block, LetterKind
from recourse.remedies.models import Letter, Line, Package
from recourse.remedies.policy import begun, blocks_for
from recourse.remedies.queries.fairness import edition_of, known_of
from recourse.remedies.queries.shown import line_shown


def blocks_of(package: Package, kind: LetterKind, *, at: dt.datetime) -> tuple[Block, ...]:
    """Return the mandatory texts of a letter in this case, by the edition of the assessment."""
    rules = edition_of(package).rules
    return blocks_for(kind, known_of(package.case, rules, at=at), rules.remedies)


def begun_letter(
    package: Package, kind: LetterKind, lines: Sequence[Line], *, at: dt.datetime, expires_at: dt.datetime | None = None
) -> str:
    """Return a letter with what the lines give and every text that it must hold."""
    customer = package.case.customer
    greeting = _("Dear %(name)s,") % {"name": customer.name} if customer and customer.name else _("Hello,")
    reference = _("This is about your case %(ref)s.") % {"ref": package.case.ref}
    what = "\n".join(f"{number}. {line_shown(line)}" for number, line in enumerate(lines, start=1))
    opening = _("We looked into what happened and offer you:") if kind is LetterKind.OFFER else ""
    until = ""
    if expires_at is not None:
        until = _("You can accept or decline each of these on the page of your case until %(day)s.") % {
            "day": expires_at.date().isoformat()
        }
    return begun([greeting, reference, opening, what, until], blocks_of(package, kind, at=at))


def letters_of(package: Package) -> list[Letter]:
    """Return the letters that were sent, the newest first."""
    return list(Letter.objects.filter(package=package).select_related("written_by", "message").order_by("-number"))
