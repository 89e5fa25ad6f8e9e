"""The verb through which a customer's words reach a case, whatever the door."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from recourse.cases import actions as cases
from recourse.cases.models import Case
from recourse.cases.policy import Stage
from recourse.cases.queries.find import final_id, named
from recourse.cases.queries.state import open_wait
from recourse.conversations.actions.files import Upload, add_to_message, keep_uploads
from recourse.conversations.actions.telling import index_message, words
from recourse.conversations.events import MessageReceived
from recourse.conversations.models import Message
from recourse.conversations.policy.words import CUSTOMER_HOURLY, Direction, MessageState, Visibility
from recourse.conversations.queries.held import next_number
from recourse.handbook.policy.reasons import WaitsFor
from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor, ActorKind
from recourse.kit.errors import NotVisible, Refused, Throttled
from recourse.kit.models import locked
from recourse.kit.transactions import verb
from recourse.people.policy import Permission
from recourse.timeline.actions import record


@verb
def customer_writes(
    *,
    case_ref: str,
    text: str,
    channel: str,
    by: Actor,
    at: dt.datetime,
    html: str = "",
    external_id: str = "",
    uploads: Sequence[Upload] = (),
    is_automatic: bool = False,
    is_verified: bool = True,
) -> Message:
    """Put the customer's words on a case as of `at` and return the message; one `external_id` is one message.

    Words to a merged case reach the end of its chain. A resolved or closed case opens again within the handbook's days,
    later raises Refused(case.closed_for_good); automatic mail never opens it. Raises NotVisible, Invalid(text, files),
    Throttled after twenty messages an hour from a customer's link.
    """
    if external_id and (known := _known(channel, external_id)):
        return known
    addressed = _addressed(case_ref, by)
    case = locked(Case.objects.select_related("thread")).get(pk=final_id(addressed))
    if by.kind is ActorKind.CUSTOMER:
        _refuse_flood(case, at)
    said = words(text, html, at=at, is_required=not uploads)
    stored = keep_uploads(uploads, at=at)
    if not is_automatic:
        _open_again(case, by, at)
        _stop_waiting(case, by, at)
    message = Message(
        case=case,
        addressed_case=addressed if addressed.pk != case.pk else None,
        number=next_number(case),
        direction=Direction.INBOUND,
        visibility=Visibility.PUBLIC,
        channel=channel,
        customer_id=case.customer_id if addressed.pk == case.pk else addressed.customer_id,
        text=said.text,
        html=said.html,
        masked_cards=said.masked,
        state=MessageState.RECEIVED,
        is_automatic=is_automatic,
        is_verified=is_verified,
        is_reply_needed=not is_automatic,
        external_id=external_id,
        at=at,
    )
    message.save(force_insert=True)
    add_to_message(message, stored, by=by, at=at)
    index_message(message)
    received = MessageReceived(str(message.pk), message.number, channel, is_automatic, is_verified, said.masked)
    record(received, thread=case.thread, by=by, at=at)
    cases.touch_activity(case.pk, at=at)
    return message


def _known(channel: str, external_id: str) -> Message | None:
    return Message.objects.select_related("case").filter(channel=channel, external_id=external_id).first()


def _addressed(case_ref: str, by: Actor) -> Case:
    """Return the case that was written to; a customer reaches the case of the pass alone, staff what they may see."""
    if by.kind in {ActorKind.STAFF, ActorKind.API_KEY}:
        by.require(Permission.INTAKE_LOG)
    found = Case.objects.filter(named(case_ref)).first()
    if found is None or not Case.objects.visible_to(by).filter(pk=final_id(found)).exists():
        raise NotVisible
    return found


def _refuse_flood(case: Case, at: dt.datetime) -> None:
    """Stop the holder of a link after twenty messages an hour."""
    lately = case.messages.filter(direction=Direction.INBOUND, at__gt=at - dt.timedelta(hours=1))
    if lately.count() >= CUSTOMER_HOURLY:
        raise Throttled(_("That is a lot at once. Please write again later."), retry_after=3600)


def _open_again(case: Case, by: Actor, at: dt.datetime) -> None:
    if case.stage not in {Stage.RESOLVED, Stage.CLOSED}:
        return
    ended_at = case.closed_at or case.resolved_at or case.last_activity_at
    within = dt.timedelta(days=edition_at(at).rules.intake.matching.reopen_within_days)
    if at > ended_at + within:
        raise Refused("case.closed_for_good", _("This case was closed some time ago; please open a new one."))
    cases.reopen(case.pk, by=by, at=at)


def _stop_waiting(case: Case, by: Actor, at: dt.datetime) -> None:
    """The customer's own words end a wait for the customer; a wait for anybody else goes on."""
    running = open_wait(case)
    if running is None:
        return
    reason = edition_at(at).rules.reasons.wait_reason(running.reason)
    if reason is None or reason.waits_for is WaitsFor.CUSTOMER:
        cases.end_wait(case.pk, why="answered", by=by, at=at)
