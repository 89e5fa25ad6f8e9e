"""Tells the clocks of a case what happened. Each verb is one fact; the switchboard calls them as things happen."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from recourse.cases.models import Case
from recourse.clocks.actions.keeping import case_locked, compare, fact_row, happenings, write
from recourse.clocks.models import Clock, ClockFact
from recourse.clocks.policy import Chosen, Fact, FactKind, Reply
from recourse.clocks.queries.told import Story, chosen_for, plan_for, story_of
from recourse.handbook.queries import edition_numbered
from recourse.kit.actor import Actor
from recourse.kit.models import locked
from recourse.kit.transactions import verb
from recourse.timeline.actions import record_many


def tell(
    case: Case, fact: Fact, *, by: Actor, at: dt.datetime, chosen: Chosen | None = None, note: str = ""
) -> Story | None:
    """Add one fact to a locked case, bring its clocks into line and record what that changed.

    The fact's number is given here. None, and nothing done, where the clocks of the case were never started.
    """
    story = story_of(case.pk)
    if story is None:
        return None
    numbered = replace(fact, number=story.last_number + 1)
    fact_row(case, numbered, chosen).save()
    story = Story((*story.facts, numbered), story.plan, chosen or story.chosen)
    refresh(case, story, by=by, at=at, why=fact.kind.value, note=note)
    return story


def refresh(case: Case, story: Story, *, by: Actor, at: dt.datetime, why: str, note: str = "") -> bool:
    """Bring the clocks of a locked case into line with its story; tell whether anything changed."""
    rows = list(locked(Clock.objects.filter(case=case)))
    changes = compare(case, story, rows, at=at, why=why)
    write(case, changes)
    told = happenings(case, changes.events, by=by, at=at, edition=story.chosen.edition, note=note)
    if told:
        record_many(told)
    return bool(changes.made or changes.changed)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message of a customer, as the clocks are told of it."""

    thread_id: UUID
    message_id: str
    is_automatic: bool
    by: Actor
    at: dt.datetime


@verb
def note_message_in(
    *, thread_id: UUID, message_id: str, by: Actor, at: dt.datetime, is_automatic: bool = False
) -> None:
    """Tell that the customer wrote; an automatic message is no message."""
    if not is_automatic:
        _note(thread_id, Fact(0, FactKind.CUSTOMER_WROTE, at, ref=message_id), by)


@verb
def note_messages_in(*, messages: Sequence[Incoming]) -> None:
    """Tell of many messages at once; a case whose clocks were never started costs nothing."""
    threads = {message.thread_id for message in messages}
    running = set(ClockFact.objects.filter(case__thread__in=threads).values_list("case__thread_id", flat=True))
    for message in messages:
        if message.thread_id in running:
            note_message_in(
                thread_id=message.thread_id,
                message_id=message.message_id,
                by=message.by,
                at=message.at,
                is_automatic=message.is_automatic,
            )


@verb
def note_message_out(
    *,
    thread_id: UUID,
    message_id: str,
    by: Actor,
    at: dt.datetime,
    is_automatic: bool = False,
    reply: Reply = Reply.ANSWER,
) -> None:
    """Tell that a public message left. Only a person's counts; `reply` says whether it answers, holds, or is final."""
    if not is_automatic:
        _note(thread_id, Fact(0, FactKind.STAFF_REPLIED, at, ref=message_id, reply=reply), by)


@verb
def note_bounce(*, thread_id: UUID, message_id: str, by: Actor, at: dt.datetime) -> None:
    """Tell that a message of ours came back: what it met is open again, or met by the next."""
    _note(thread_id, Fact(0, FactKind.REPLY_BOUNCED, at, ref=message_id), by)


@verb
def note_no_reply_needed(*, thread_id: UUID, message_id: str, by: Actor, at: dt.datetime) -> None:
    """Tell that a message of the customer needs no reply."""
    _note(thread_id, Fact(0, FactKind.NO_REPLY_NEEDED, at, ref=message_id), by)


@verb
def note_messages_gone(
    *, thread_id: UUID, from_ref: str, message_ids: Sequence[str], why: str, is_undone: bool, by: Actor, at: dt.datetime
) -> None:
    """Tell that messages went to a case that was split off: their answer is that case's affair.

    Told on both cases; only the one that they left listens.
    """
    case = case_locked(thread_id=thread_id)
    story = story_of(case.pk) if why == "split" and not is_undone and case.ref == from_ref else None
    asked = {fact.ref for fact in story.facts if fact.kind is FactKind.CUSTOMER_WROTE} if story else set()
    for message_id in (one for one in message_ids if one in asked):
        tell(case, Fact(0, FactKind.NO_REPLY_NEEDED, at, ref=message_id), by=by, at=at)


@verb
def note_wait_started(*, thread_id: UUID, wait_id: str, is_pausing: bool, by: Actor, at: dt.datetime) -> None:
    """Tell that the case waits; only a wait whose reason pauses concerns the clocks."""
    if is_pausing:
        _note(thread_id, Fact(0, FactKind.WAIT_STARTED, at, ref=wait_id), by)


@verb
def note_wait_ended(*, thread_id: UUID, wait_id: str, is_pausing: bool, by: Actor, at: dt.datetime) -> None:
    """Tell that the case waits no longer."""
    if is_pausing:
        _note(thread_id, Fact(0, FactKind.WAIT_ENDED, at, ref=wait_id), by)


@verb
def note_resolved(*, thread_id: UUID, by: Actor, at: dt.datetime) -> None:
    """Tell that the case was resolved."""
    _note(thread_id, Fact(0, FactKind.RESOLVED, at), by)


@verb
def note_closed(*, thread_id: UUID, by: Actor, at: dt.datetime) -> None:
    """Tell that the case was closed; clocks of law and promises run on."""
    _note(thread_id, Fact(0, FactKind.CLOSED, at), by)


@verb
def note_reopened(*, thread_id: UUID, by: Actor, at: dt.datetime) -> None:
    """Tell that the case was reopened; the handbook says for each clock what that means."""
    _note(thread_id, Fact(0, FactKind.REOPENED, at), by)


@verb
def retarget(*, thread_id: UUID, by: Actor, at: dt.datetime) -> bool:
    """Give the clocks of a case the targets of its tier and severity now; tell whether these were others.

    The edition stays the one with which the case began or to which it was migrated: a new one rewrites nothing.
    """
    return retarget_case(case_locked(thread_id=thread_id), by=by, at=at)


def retarget_case(case: Case, *, by: Actor, at: dt.datetime) -> bool:
    """Do the same for a locked case."""
    story = story_of(case.pk)
    if story is None:
        return False
    chosen = chosen_for(case, edition_numbered(story.chosen.edition), at=at)
    if chosen == story.chosen:
        return False
    fact = Fact(0, FactKind.TARGET_CHANGED, at, plan=plan_for(chosen))
    tell(case, fact, by=by, at=at, chosen=chosen)
    return True


@verb
def start_duty(*, case_id: UUID, key: str, since: dt.datetime, by: Actor, at: dt.datetime, ref: str = "") -> None:
    """Start the statutory clock `key` of a ground, from the instant at which we became aware; not twice.

    Raises LookupError where the case has no such clock to start.
    """
    case = case_locked(case_id=case_id)
    story = story_of(case.pk)
    if story is None or plan_for(story.chosen).target(key) is None:
        raise LookupError(f"{case.ref} has no statutory clock {key}: it is not in its edition, or no clock was started")
    tell(case, Fact(0, FactKind.DUTY_STARTED, min(since, at), ref=ref, key=key), by=by, at=at)


@verb
def finish_duty(*, case_id: UUID, key: str, by: Actor, at: dt.datetime, done_at: dt.datetime | None = None) -> None:
    """Tell that a statutory duty was done, such as the notice to the authority."""
    case = case_locked(case_id=case_id)
    tell(case, Fact(0, FactKind.DUTY_DONE, min(done_at or at, at), key=key), by=by, at=at)


def _note(thread_id: UUID, fact: Fact, by: Actor) -> None:
    tell(case_locked(thread_id=thread_id), fact, by=by, at=fact.at)
