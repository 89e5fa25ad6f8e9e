"""Finding the case, the message and the limits that a verb works on."""

import datetime as dt
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from recourse.cases.models import Case
from recourse.cases.policy import Stage
from recourse.cases.policy.moves import works
from recourse.cases.queries.find import named
from recourse.cases.queries.state import refused, state_of
from recourse.conversations.models import Message, MessageMove
from recourse.conversations.policy.words import MessageState, Said, Visibility
from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible, Refused
from recourse.kit.models import locked
from recourse.people.policy import Permission


def case_held(case_ref: str, *, by: Actor) -> Case:
    """Return a case that the actor may see, locked; a merged one is refused, an unknown or hidden one is NotVisible."""
    rows = Case.objects.visible_to(by).select_related("team", "thread")
    case: Case | None = locked(rows).filter(named(case_ref)).first()
    if case is None:
        raise NotVisible
    if case.stage == Stage.MERGED:
        raise Refused("case.merged", _("This case was merged into another; write there."))
    return case


def case_to_write_on(case_ref: str, *, by: Actor) -> Case:
    """Return a locked case on which the actor may say something.

    Where the advanced team works, the front line reads; the customer's named contact may still write.
    """
    case = case_held(case_ref, by=by)
    refusal = refusal_to_write(case, by)
    if refusal is not None:
        raise refusal
    return case


def refusal_to_write(case: Case, by: Actor) -> Refused | None:
    """Return why the actor may not say anything on a case, or None."""
    if case.stage == Stage.MERGED:
        return Refused("case.merged", _("This case was merged into another; write there."))
    is_contact = by.staff_id is not None and by.staff_id == case.contact_owner_id
    if is_contact or not by.can(Permission.CASE_WORK):
        return None
    found = works(state_of(case, by, is_whole=False))
    return refused(found) if found is not None else None


def message_held(case: Case, number: int) -> Message:
    """Return a message of a locked case, locked; an absent one is NotVisible."""
    message: Message | None = locked(case.messages).filter(number=number).first()
    if message is None:
        raise NotVisible
    return message


def next_number(case: Case) -> int:
    """Return the next free message number of a locked case; the numbers of messages moved away stay taken."""
    last = Message.objects.filter(case=case).aggregate(last=Max("number"))["last"] or 0
    moved = MessageMove.objects.filter(from_case=case).aggregate(last=Max("from_number"))["last"] or 0
    return max(last, moved) + 1


def newest_public(case: Case) -> int:
    """Return the number of the newest public message of a case, 0 where there is none."""
    shown = case.messages.filter(visibility=Visibility.PUBLIC).exclude(state__in=[MessageState.RETRACTED])
    return shown.aggregate(last=Max("number"))["last"] or 0


def said(message: Message) -> Said:
    """Return the facts about a message that the rules ask for."""
    return Said(Visibility(message.visibility), MessageState(message.state), message.staff_id, message.release_at)


def text_limit(at: dt.datetime) -> int:
    """Return how many characters one message may have."""
    return edition_at(at).rules.intake.limits.message_characters


def person_of(viewer: Actor) -> UUID:
    """Return the key of the person who looks; of nobody for the system or a customer."""
    return viewer.staff_id or UUID(int=0)


def staff_behind(by: Actor) -> UUID:
    """Return the person who writes; an act of the system or of a customer is refused."""
    if by.staff_id is None:
        raise Refused("message.no_author", _("Only a member of staff can do this."), is_permission=True)
    return by.staff_id
