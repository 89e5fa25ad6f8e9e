"""Calls on people to decide: asks them, reminds them, moves on when they are silent, away or gone."""

import datetime as dt
from collections.abc import Callable, Sequence
from uuid import UUID

from recourse.approvals.actions import budgets
from recourse.approvals.actions.keeping import DESK, ask, free_case, load, save, settle_asks, tell, which
from recourse.approvals.events import ApprovalClimbed, ApprovalExpired, ApprovalReminded
from recourse.approvals.models import Approval, Ask
from recourse.approvals.policy import (
    AskState,
    Matter,
    Mover,
    Organisation,
    Routing,
    State,
    due_at,
    remind_at,
    seats,
    who_must_decide,
)
from recourse.approvals.queries.organisation import organisation
from recourse.approvals.queries.weighing import given_of, matter_of, rules_of
from recourse.kit.actor import Actor
from recourse.kit.time import iso
from recourse.kit.transactions import verb
from recourse.people.models import Absence, Staff
from recourse.people.policy import Permission
from recourse.people.queries import holders_of

BATCH = 200
SYSTEM = Mover(persons=frozenset(), permissions=frozenset(), is_system=True)


def call(found: Approval, routing: Routing, *, at: dt.datetime) -> None:
    """Ask those whom the rules named; whoever is asked already stays asked."""
    open_now = set(Ask.objects.filter(approval=found, state=AskState.OPEN).values_list("staff_id", flat=True))
    Ask.objects.bulk_create(
        Ask(
            approval=found,
            staff_id=one.colleague.staff_id,
            on_behalf_of_id=one.on_behalf_of.staff_id if one.on_behalf_of else None,
            level=routing.level,
            asked_at=at,
        )
        for one in routing.seats
        if one.colleague.staff_id not in open_now
    )


def look_at(found: Approval, *, at: dt.datetime) -> tuple[Matter, Organisation]:
    """Return an approval and the people around it as the rules of deciding take them, at this moment."""
    sums = budgets.sums_now(found, rules_of(found, at=at).authority, at=at)
    matter = matter_of(found, sums, at=at)
    around = organisation(
        parties=matter.parties.everybody, since=found.asked_at, at=at, team_id=found.case.team_id
    )  # fmt: skip
    return matter, around


def move_on(found: Approval, *, why: str, above: int, by: Actor, at: dt.datetime, note: str = "") -> bool:
    """Ask others, from above a step of the ladder; tell whether there was anybody."""
    matter, around = look_at(found, at=at)
    routing = who_must_decide(matter, around, given=given_of(found), above=above)
    if routing is None:
        return False
    kept = {one.colleague.staff_id for one in routing.seats} if why in _STAYS else set()
    state = AskState.TIMED_OUT if why == "silence" else AskState.MOVED_ON
    leaving = Ask.objects.filter(approval=found, state=AskState.OPEN).exclude(staff_id__in=kept)
    leaving.update(state=state, ended_at=at)
    call(found, routing, at=at)
    found.level = routing.level
    found.expires_at, found.remind_at = due_at(matter.route, at), remind_at(matter.route, at)
    found.version += 1
    found.save(update_fields=["level", "expires_at", "remind_at", "version"])
    event = ApprovalClimbed(
        **which(found), why=why, level=matter.authority.levels[routing.level].key,
        staff_ids=[str(one.colleague.staff_id) for one in routing.seats], expires_at=iso(found.expires_at),
    )  # fmt: skip
    tell(event, found, by=by, at=at, note=note)
    return True


_STAYS = frozenset({"absence", "seconded"})


def look_after(*, at: dt.datetime) -> int:
    """Remind who was asked long ago, move on from who is silent, away or gone, let run out what nobody decides.

    Each in a transaction of its own, looked at afresh; a late worker is late, never wrong. Returns how many moved.
    """
    done = 0
    for keys, step in ((_silent(at), _time_out), (_away(at), _replace), (_to_remind(at), _remind)):
        done += sum(_in_turn(key, step, at) for key in keys)
    return done


def _in_turn(key: UUID, step: Callable[[Approval, dt.datetime], bool], at: dt.datetime) -> bool:
    return _stepped(key, step=step, by=DESK, at=at)


@verb
def _stepped(key: UUID, *, step: Callable[[Approval, dt.datetime], bool], by: Actor, at: dt.datetime) -> bool:
    found = load(key, by=by)
    return found.state == State.ASKED and step(found, at)


def _silent(at: dt.datetime) -> Sequence[UUID]:
    rows = Approval.objects.asked().filter(expires_at__lte=at).order_by("expires_at")
    return list(rows.values_list("pk", flat=True)[:BATCH])


def _time_out(found: Approval, at: dt.datetime) -> bool:
    """Climb after silence; where nobody is left above, that is a no."""
    if found.expires_at is None or found.expires_at > at:
        return False
    if not move_on(found, why="silence", above=found.level, by=DESK, at=at):
        ask("expire", found, SYSTEM)
        settle_asks(found, AskState.TIMED_OUT, at=at)
        budgets.give_back(found, by=DESK, at=at)
        save(found, "expire", at=at)
        tell(ApprovalExpired(**which(found)), found, by=DESK, at=at)
        free_case(found, at=at)
    return True


def _away(at: dt.datetime) -> Sequence[UUID]:
    open_now = Ask.objects.filter(state=AskState.OPEN, approval__state=State.ASKED)
    away = Absence.objects.filter(from_at__lte=at, until_at__gt=at).values("staff_id")
    able = holders_of(Permission.APPROVAL_DECIDE).values("pk")
    gone = open_now.filter(staff_id__in=away) | open_now.exclude(staff_id__in=able)
    return list(gone.values_list("approval_id", flat=True).distinct()[:BATCH])


def _replace(found: Approval, at: dt.datetime) -> bool:
    """Ask others in place of who cannot decide now; those who can stay asked."""
    matter, around = look_at(found, at=at)
    able = {one.colleague.staff_id for one in seats(matter, around)}
    gone = Ask.objects.filter(approval=found, state=AskState.OPEN).exclude(staff_id__in=able)
    if not gone.exists():
        return False
    return move_on(found, why="absence", above=found.level - 1, by=DESK, at=at)


def _to_remind(at: dt.datetime) -> Sequence[UUID]:
    rows = Approval.objects.asked().filter(remind_at__lte=at).order_by("remind_at")
    return list(rows.values_list("pk", flat=True)[:BATCH])


def _remind(found: Approval, at: dt.datetime) -> bool:
    if found.remind_at is None or found.remind_at > at:
        return False
    waiting = Ask.objects.filter(approval=found, state=AskState.OPEN)
    told = [str(key) for key in waiting.order_by("pk").values_list("staff_id", flat=True)]
    waiting.update(reminded_at=at)
    found.remind_at = None
    found.save(update_fields=["remind_at"])
    tell(ApprovalReminded(**which(found), staff_ids=told), found, by=DESK, at=at)
    return True


def reroute_for(staff_id: UUID, *, at: dt.datetime) -> int:
    """Look again at all that is asked of somebody who is away, gone or has lost a right; return how many moved on.

    Called within the transaction of what happened to them.
    """
    waiting = Ask.objects.filter(staff_id=staff_id, state=AskState.OPEN, approval__state=State.ASKED)
    keys = list(waiting.order_by("approval_id").values_list("approval_id", flat=True))
    return sum(_in_turn(key, _replace, at) for key in keys)


def as_staff(staff_ids: Sequence[str]) -> list[Staff]:
    """Return the accounts behind the keys of an event that still work here."""
    return list(Staff.objects.filter(pk__in=staff_ids, is_active=True).order_by("pk"))
