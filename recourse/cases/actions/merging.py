"""Merges two cases and takes that back: nothing is lost, nothing is shown to whom it was not."""

import datetime as dt
from dataclasses import asdict
from typing import Any

from django.utils.dateparse import parse_datetime

from recourse.cases.actions.keeping import ask, ask_works, load, load_two, refuse, save
from recourse.cases.actions.taking_over import give_back, take_over
from recourse.cases.actions.waiting import finish_wait
from recourse.cases.events import CaseGained, CaseMerged, CaseParted, CaseUnmerged
from recourse.cases.models import Case, CaseMerge
from recourse.cases.policy import FAR, Priority, Stage
from recourse.cases.policy.merging import COMBINED, MergeSide, Taken, problem, take, undo
from recourse.cases.policy.moves import Refusal, missing_right, works
from recourse.cases.queries.find import CaseKey, merges_of
from recourse.cases.queries.state import refused, state_of
from recourse.kit.actor import Actor
from recourse.kit.time import iso
from recourse.kit.transactions import verb
from recourse.timeline.actions.record import Happening, record_many

INSTANTS = frozenset({"received_at", "due_at", "answered_at"})


@verb
def merge(
    joined: CaseKey,
    *,
    into: CaseKey,
    by: Actor,
    at: dt.datetime,
    is_across_customers: bool = False,
    note: str = "",
    seen: int | None = None,
) -> CaseMerge:
    """Merge a case into another: it keeps its number, is read-only and leads there.

    The kept case takes the earliest receipt, the strictest grades, the union of holds, links and order numbers.
    Cases of two customers need case:merge_across and an explicit `is_across_customers`. `seen` is the joined
    case's version.
    """
    one, other = load_two(joined, into, by=by, seen=seen)
    ask("merge", one, by)
    _check(one, other, is_across_customers, by)
    was = one.stage
    taken = {name: take(name, _plain(other, name), _plain(one, name)) for name in COMBINED}
    if one.is_waiting:
        finish_wait(one, why="merged", by=by, at=at)
    before = {
        "stage": was,
        "due_at": iso(one.due_at),
        "fields": {name: asdict(field) for name, field in taken.items()},
        "rows": take_over(one, other, by=by, at=at),
    }
    row = CaseMerge.objects.create(kept=other, joined=one, before=before, by_staff_id=by.staff_id, at=at)
    changed = {name: field.after for name, field in taken.items() if field.after != field.before}
    _set(other, changed, at)
    one.stage, one.merged_into, one.due_at = Stage.MERGED, other, FAR
    save(one, "stage", "merged_into", "due_at", at=at)
    is_across = one.customer_id != other.customer_id
    gone = CaseMerged(into=other.ref, into_id=str(other.pk), was=was, is_across=is_across)
    gained = CaseGained(ref=one.ref, case_id=str(one.pk), merge_id=str(row.pk), changed=_told(changed))
    record_many([Happening(gone, one.thread, by, at, None, note), Happening(gained, other.thread, by, at, None, note)])
    return row


def _check(joined: Case, kept: Case, is_across: bool, by: Actor) -> None:
    ask_works(kept, by)
    found = problem(_side(kept), _side(joined), is_across=is_across, can=by.can)
    if found is not None:
        who = missing_right(found.permission).words if found.permission else {}
        raise refused(Refusal(found.code, {**who, **found.words}))


def _side(case: Case) -> MergeSide:
    return MergeSide(
        ref=case.ref,
        stage=Stage(case.stage),
        customer=case.customer_id,
        tier=case.tier,
        team=case.team_id,
        team_name=case.team.name,
        is_walled=case.team.is_walled,
        is_restricted=case.is_restricted,
    )


def _plain(case: Case, name: str) -> Any:
    value = getattr(case, name)
    return iso(value) if isinstance(value, dt.datetime) else value


def _set(case: Case, values: dict[str, Any], at: dt.datetime) -> None:
    for name, value in values.items():
        setattr(case, name, parse_datetime(value) if name in INSTANTS and value else value)
    case.priority_rank = Priority(case.priority).rank
    save(case, *values, "priority_rank", at=at)


def _told(values: dict[str, Any]) -> dict[str, str]:
    """Return changed fields as they may stand in an event: grades and instants, never words."""
    kept = {"received_at", "severity", "impact", "priority", "due_at", "is_restricted"}
    return {name: str(value) for name, value in values.items() if name in kept}


@verb
def unmerge(joined: CaseKey, *, by: Actor, at: dt.datetime, note: str = "", seen: int | None = None) -> Case:
    """Undo a merge: the joined case stands for itself again, as it was; the kept case loses what it took over.

    What somebody set by hand since then stays; later merges into the kept case stand.
    """
    seen_case = load(joined, by=by, seen=seen)
    ask("unmerge", seen_case, by)
    row = CaseMerge.objects.filter(joined=seen_case, undone_at__isnull=True).first()
    if row is None:
        refuse("merge.undone")
        raise AssertionError
    one, other = load_two(row.joined_id, row.kept_id, by=by)
    if works(state_of(other, by, is_whole=False)) is not None:
        refuse("merge.kept_elsewhere", kept=other.ref, team=other.team.name)
    if other.stage == Stage.MERGED:
        refuse("merge.kept_merged", kept=other.ref)
    changed = _without(row, other)
    give_back(row.before["rows"], one, by=by, at=at)
    row.undone_at = at
    row.save(update_fields=["undone_at"])
    _set(other, changed, at)
    one.stage, one.merged_into, one.due_at = row.before["stage"], None, parse_datetime(row.before["due_at"]) or FAR
    save(one, "stage", "merged_into", "due_at", at=at)
    parted = CaseParted(ref=one.ref, case_id=str(one.pk), merge_id=str(row.pk), changed=_told(changed))
    alone = CaseUnmerged(out_of=other.ref, out_of_id=str(other.pk), stage=one.stage)
    record_many([Happening(alone, one.thread, by, at, None, note), Happening(parted, other.thread, by, at, None, note)])
    return one


def _without(row: CaseMerge, kept: Case) -> dict[str, Any]:
    """Work out the kept case's fields without one merge, and correct what later merges noted."""
    rows = list(merges_of(kept))
    index = next(place for place, found in enumerate(rows) if found.pk == row.pk)
    changed: dict[str, Any] = {}
    for name in COMBINED:
        history = [Taken(**found.before["fields"][name]) for found in rows]
        current = _plain(kept, name)
        again, value = undo(name, history, index, current)
        for found, field in zip([*rows[:index], *rows[index + 1 :]], again, strict=True):
            found.before["fields"][name] = asdict(field)
        if value != current:
            changed[name] = value
    CaseMerge.objects.bulk_update([*rows[index + 1 :]], ["before"])
    return changed
