"""How an escalation goes on and ends: taken up, finished, judged; and what a merge of cases does to it."""

import datetime as dt
from uuid import UUID

from django.db.models import Max

from recourse.cases.models import Case
from recourse.cases.queries.find import CaseKey
from recourse.escalations.actions.keeping import ask, clean_note, load, parties, save, tell
from recourse.escalations.events import EscalationFinished, EscalationJoined, EscalationJudged, EscalationResponded
from recourse.escalations.models import IS_OPEN, Escalation, Ground
from recourse.escalations.policy import NoticeKind, State
from recourse.escalations.queries.find import BESIDE
from recourse.handbook.policy.shape import TIERS, Tier
from recourse.kit.actor import Actor
from recourse.kit.models import locked
from recourse.kit.transactions import verb
from recourse.people.models import Membership
from recourse.timeline.actions.record import record


@verb
def finish(
    case_key: CaseKey,
    number: int,
    *,
    was_needed: bool,
    note: str,
    by: Actor,
    at: dt.datetime,
    seen: int | None = None,
) -> Escalation:
    """Say that the team is done and what came of it, for the requester to read; `was_needed` judges the gate."""
    found = load(case_key, number, by=by, seen=seen)
    ask("finish", found, by)
    words = clean_note(note, minimum=1)
    found.was_needed, found.offered_to = was_needed, None
    _end(found, by=by, at=at, note=words)
    return found


def _end(found: Escalation, *, by: Actor, at: dt.datetime, note: str = "") -> None:
    save(found, "finish", "was_needed", "offered_to", at=at)
    found.hand_backs.filter(answered_at__isnull=True).update(is_accepted=False, answered_at=at)
    event = EscalationFinished(escalation_id=str(found.pk), number=found.number, was_needed=found.was_needed)
    entry = record(event, thread=found.case.thread, by=by, at=at, note=note)
    tell(parties(found), NoticeKind.FINISHED, case=found.case, entry=entry, at=at, found=found)


@verb
def finish_with_case(*, thread_id: UUID, by: Actor, at: dt.datetime) -> None:
    """End the escalation of a case that was resolved: the requester hears of it, the judgement may follow."""
    found = _at_work(thread_id)
    if found is not None:
        _end(found, by=by, at=at)


@verb
def respond(*, thread_id: UUID, owner_id: UUID, by: Actor, at: dt.datetime) -> None:
    """Note the first time that somebody of the team owns an escalated case: the response that was promised."""
    found = _at_work(thread_id)
    if found is None or found.responded_at is not None:
        return
    if not Membership.objects.filter(team=found.team, staff_id=owner_id).exists():
        return
    found.responded_at = at
    found.save(update_fields=["responded_at"])
    event = EscalationResponded(
        escalation_id=str(found.pk), number=found.number, staff_id=str(owner_id), is_in_time=at <= found.due_at
    )
    record(event, thread=found.case.thread, by=by, at=at)


def _at_work(thread_id: UUID) -> Escalation | None:
    rows = Escalation.objects.select_related(*BESIDE).filter(case__thread_id=thread_id)
    found: Escalation | None = locked(rows.filter(state__in=[State.ACCEPTED, State.HANDING_BACK])).first()
    return found


@verb
def judge(
    case_key: CaseKey,
    number: int,
    *,
    was_needed: bool,
    by: Actor,
    at: dt.datetime,
    note: str = "",
    seen: int | None = None,
) -> Escalation:
    """Say afterwards whether an escalation that has ended did need the team; once, by somebody who may work on one."""
    found = load(case_key, number, by=by, seen=seen)
    ask("judge", found, by)
    found.was_needed = was_needed
    found.save(update_fields=["was_needed"])
    event = EscalationJudged(escalation_id=str(found.pk), number=found.number, was_needed=was_needed)
    record(event, thread=found.case.thread, by=by, at=at, note=clean_note(note))
    return found


@verb
def join_merged(*, joined_thread_id: UUID, kept_id: UUID, by: Actor, at: dt.datetime) -> None:
    """Follow a merge of cases: an open escalation goes over; of two, grounds unite under the stricter tier."""
    rows = Escalation.objects.select_related(*BESIDE)
    moving: Escalation | None = locked(rows.filter(IS_OPEN, case__thread_id=joined_thread_id)).first()
    if moving is None:
        return
    kept = Case.objects.select_related("thread").get(pk=kept_id)
    standing: Escalation | None = locked(rows.filter(IS_OPEN, case=kept)).first()
    if standing is None:
        last = Escalation.objects.filter(case=kept).aggregate(last=Max("number"))["last"] or 0
        moving.case, moving.number = kept, last + 1
        moving.version += 1
        moving.save(update_fields=["case", "number", "version"])
    else:
        _unite(moving, standing, at)
    event = EscalationJoined(
        escalation_id=str(moving.pk), number=(standing or moving).number, into_id=str((standing or moving).pk)
    )
    record(event, thread=kept.thread, by=by, at=at)


def _unite(moving: Escalation, standing: Escalation, at: dt.datetime) -> None:
    there = set(standing.grounds.values_list("code", flat=True))
    Ground.objects.bulk_create(
        Ground(
            escalation=standing, code=ground.code, is_met=ground.is_met, is_computed=ground.is_computed,
            evidence=ground.evidence, words=ground.words,
        )
        for ground in moving.grounds.exclude(code__in=there)
    )  # fmt: skip
    if standing.state == State.REQUESTED and TIERS.index(Tier(moving.tier)) > TIERS.index(Tier(standing.tier)):
        standing.tier, standing.team = moving.tier, moving.team
    standing.version += 1
    standing.save(update_fields=["tier", "team", "version"])
    moving.state, moving.ended_at = State.WITHDRAWN, at
    moving.version += 1
    moving.save(update_fields=["state", "ended_at", "version"])
