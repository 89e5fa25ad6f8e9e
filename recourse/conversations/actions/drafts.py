"""Verbs of what is being written: drafts that save themselves, and who is on the page.

Not recorded: nothing has happened yet.
"""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.conversations.actions.telling import words
from recourse.conversations.models import Draft, Presence
from recourse.conversations.policy.sentences import SENTENCES
from recourse.conversations.policy.words import Doing, DraftKind
from recourse.conversations.queries.held import case_held, person_of, staff_behind
from recourse.kit.actor import Actor
from recourse.kit.errors import Stale
from recourse.kit.models import locked
from recourse.kit.transactions import verb
from recourse.people.policy import Permission

RIGHTS = {DraftKind.REPLY: Permission.MESSAGE_SEND, DraftKind.NOTE: Permission.MESSAGE_NOTE}


@verb
def save_draft(
    *, case_ref: str, kind: DraftKind, text: str, by: Actor, at: dt.datetime, seen: int | None = None
) -> Draft:
    """Keep what somebody is writing and return the draft with its new version.

    `seen` is the version that the window had; another window's newer text raises Stale. Raises NotVisible.
    """
    by.require(RIGHTS[kind])
    case = case_held(case_ref, by=by)
    kept: Draft = locked(Draft.objects.all()).get_or_create(
        case=case, staff_id=staff_behind(by), kind=kind, defaults={"saved_at": at, "version": 0}
    )[0]
    if seen is not None and seen != kept.version:
        raise Stale(_(SENTENCES["draft.stale"]), current=kept.version)
    kept.text = words(text, at=at, is_required=False).text
    kept.version, kept.saved_at = kept.version + 1, at
    kept.save(update_fields=["text", "version", "saved_at"])
    return kept


def discard_draft(*, case_ref: str, kind: DraftKind, by: Actor, at: dt.datetime) -> None:
    """Empty a draft. Raises NotVisible."""
    save_draft(case_ref=case_ref, kind=kind, text="", by=by, at=at)


def clear_draft(*, case_id: UUID, kind: DraftKind, by: Actor, at: dt.datetime) -> None:
    """Empty the draft of words that were just sent, inside the sender's transaction."""
    for kept in Draft.objects.filter(case_id=case_id, staff_id=person_of(by), kind=kind).exclude(text=""):
        kept.text, kept.version, kept.saved_at = "", kept.version + 1, at
        kept.save(update_fields=["text", "version", "saved_at"])


@verb
def beat(*, case_id: UUID, doing: Doing, by: Actor, at: dt.datetime) -> None:
    """Note that somebody has a case open, and whether they write; the screen has checked that they may see it."""
    Presence.objects.bulk_create(
        [Presence(case_id=case_id, staff_id=staff_behind(by), doing=doing, seen_at=at)],
        update_conflicts=True,
        unique_fields=["case", "staff"],
        update_fields=["doing", "seen_at"],
    )


@verb
def leave(*, case_id: UUID, by: Actor) -> None:
    """Note that somebody has closed a case page."""
    Presence.objects.filter(case_id=case_id, staff_id=person_of(by)).delete()
