"""Decides: approve, refuse, ask back, pass up. Never by anybody with a part in it, under whichever account."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from recourse.approvals.actions import budgets
from recourse.approvals.actions.calling import look_at, move_on
from recourse.approvals.actions.keeping import (
    CAPS,
    DESK,
    How,
    amount,
    ask,
    clean_note,
    free_case,
    load,
    nobody_can,
    person,
    require_terms,
    save,
    settle_asks,
    tell,
    which,
    write_decision,
)
from recourse.approvals.events import (
    ApprovalAnswered,
    ApprovalAskedBack,
    ApprovalGranted,
    ApprovalRefused,
    ApprovalSeconded,
)
from recourse.approvals.models import Approval, Ask, Decision
from recourse.approvals.policy import (
    AskState,
    Caps,
    Matter,
    Said,
    Seat,
    State,
    Verdict,
    as_given,
    is_complete,
    is_fresh,
    may_approve,
    needs_fresh_factor,
)
from recourse.approvals.queries.said import refused
from recourse.approvals.queries.seats import seat_of
from recourse.approvals.queries.weighing import given_of, mover_of
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid
from recourse.kit.transactions import verb
from recourse.people.models import Staff
from recourse.people.policy import Permission
from recourse.timeline.events import Event
from recourse.timeline.models import Entry

DECIDED = (Verdict.APPROVE, Verdict.REFUSE, Verdict.ASK_BACK)


@verb
def decide(
    approval_id: UUID,
    *,
    verdict: str,
    terms_hash: str,
    by: Actor,
    at: dt.datetime,
    note: str = "",
    seen: int | None = None,
    factor_at: dt.datetime | None = None,
    by_link: bool = False,
) -> Approval:
    """Say yes, no or “a question first” to exactly the terms that were seen; one no ends it.

    `verdict` is approve, refuse or ask_back; the latter two need a note. A no to what one approved takes it back while
    it is not yet carried out. `factor_at` is when the second factor was last given. Raises NotVisible, Stale, Invalid,
    Refused with approval.* or authority.exceeded.
    """
    by.require(Permission.APPROVAL_DECIDE)
    if verdict not in DECIDED:
        raise Invalid.one("verdict", ", ".join(DECIDED))
    found = load(approval_id, by=by, seen=seen)
    decider = person(by)
    require_terms(found, terms_hash)
    words = clean_note(note, is_required=verdict != Verdict.APPROVE)
    how = How(words, factor_at, by_link)
    if verdict == Verdict.REFUSE and found.state == State.GRANTED:
        return _revoke(found, decider, how, by=by, at=at)
    matter, around = look_at(found, at=at)
    one = seat_of(found, matter, around, by)
    ask(verdict, found, mover_of(by, not_seated=one if isinstance(one, Said) else None))
    assert isinstance(one, Seat)
    acting = by.for_someone(one.on_behalf_of.staff_id) if one.on_behalf_of else by
    return _VERDICTS[Verdict(verdict)](Sitting(found, one, matter, decider, how, acting, at))


@dataclass(frozen=True, slots=True)
class Sitting:
    """Everything about one decision: on what, from which seat, by whom, how, when."""

    found: Approval
    seat: Seat
    matter: Matter
    decider: Staff
    how: How
    by: Actor
    at: dt.datetime

    def keep(self, verdict: Verdict, entry: Entry) -> None:
        """Keep the decision for ever."""
        write_decision(
            self.found, verdict, by=self.decider, entry=entry, at=self.at, one=self.seat, sums=self.matter.sums,
            how=self.how,
        )  # fmt: skip

    def tell(self, event: Event) -> Entry:
        """Record what happened, with the decider's words beside it."""
        return tell(event, self.found, by=self.by, at=self.at, note=self.how.words)


def _approve(now: Sitting) -> Approval:
    given = given_of(now.found)
    said = may_approve(now.seat, now.matter, given)
    if said is not None:
        raise refused(said)
    require_fresh_factor(now.found, now.matter, now.how.factor_at, now.at)
    known = [*given, as_given(now.seat)]
    if is_complete(known, now.matter.route):
        return _grant(now)
    needed = max(now.matter.route.approvers, len(known) + 1)
    now.keep(Verdict.APPROVE, now.tell(ApprovalSeconded(**which(now.found), given=len(known), needed=needed)))
    _answered(now)
    if not Ask.objects.filter(approval=now.found, state=AskState.OPEN).exists():
        move_on(now.found, why="seconded", above=now.found.level - 1, by=DESK, at=now.at)
    return now.found


def _answered(now: Sitting) -> None:
    asked = Ask.objects.filter(approval=now.found, staff_id=now.decider.pk, state=AskState.OPEN)
    asked.update(state=AskState.ANSWERED, ended_at=now.at)
    now.found.version += 1
    now.found.save(update_fields=["version"])


def require_fresh_factor(found: Approval, matter: Matter, factor_at: dt.datetime | None, at: dt.datetime) -> None:
    """Refuse a high value without a second factor given lately; keys and links have none."""
    authority = matter.now.authority
    if needs_fresh_factor(authority, found.counted_minor) and not is_fresh(authority, factor_at, at):
        raise refused(Said("approval.fresh_factor", {"minutes": authority.step_up.within_minutes}))


def _grant(now: Sitting) -> Approval:
    """Grant it within the limits of who covers it, this decider or an earlier one, and count it in their period."""
    found, authority, at = now.found, now.matter.authority, now.at
    caps, persons = _reach_of(now)
    budgets.grant_shared(found, caps, authority, by=now.by, at=at)
    budgets.hold_agents(found, persons, authority, by=now.by, at=at)
    budgets.grant_agents(found, persons, caps, authority, by=now.by, at=at)
    _answered(now)
    return granted(found, Verdict.APPROVE, now.by, at, keep=now.keep, words=now.how.words)


def granted(
    found: Approval, verdict: Verdict, by: Actor, at: dt.datetime, *, keep: Callable[[Verdict, Entry], None], words: str
) -> Approval:
    """Write that an approval is granted, tell it, keep the decision, free the case."""
    found.decided_at, found.remind_at, found.expires_at = at, None, None
    settle_asks(found, AskState.SETTLED, at=at)
    save(found, "approve", "decided_at", "remind_at", "expires_at", at=at)
    yes = Decision.objects.filter(approval=found, verdict=Verdict.APPROVE)
    deciders = {*yes.values_list("by_id", "person_id")}
    acting = person(by)
    deciders.add((acting.pk, acting.person_id))
    event = ApprovalGranted(
        **which(found), **amount(found), how=verdict.value,
        staff_ids=sorted(str(staff) for staff, _person in deciders),
        person_ids=sorted({str(one) for _staff, one in deciders}),
    )  # fmt: skip
    keep(verdict, tell(event, found, by=by, at=at, note=words))
    free_case(found, at=at)
    return found


def _reach_of(now: Sitting) -> tuple[Caps, list[UUID]]:
    """Return under whose limits it is granted, and in whose periods it counts: a delegate's and the giver's both."""
    if now.seat.covers:
        giver = [now.seat.on_behalf_of.person] if now.seat.on_behalf_of else []
        return now.seat.caps, [now.seat.person, *giver]
    rows = Decision.objects.filter(approval=now.found, verdict=Verdict.APPROVE, covers=True)
    row = rows.select_related("on_behalf_of").latest("at", "id")
    caps = Caps(**{name: row.limits[name] for name in CAPS}, keys=tuple(row.limits["keys"]))
    return caps, [row.person_id, *([row.on_behalf_of.person_id] if row.on_behalf_of else [])]


def _refuse(now: Sitting) -> Approval:
    event = ApprovalRefused(**which(now.found), was_granted=False)
    return end(now.found, "refuse", event, how=now.how, by=now.by, at=now.at, keep=now.keep)


def _revoke(found: Approval, decider: Staff, how: How, *, by: Actor, at: dt.datetime) -> Approval:
    """Take back a yes before it is carried out: the change of mind of one who gave it."""
    ask("revoke", found, mover_of(by))

    def keep(verdict: Verdict, entry: Entry) -> None:
        write_decision(found, verdict, by=decider, entry=entry, at=at, how=how)

    event = ApprovalRefused(**which(found), was_granted=True)
    return end(found, "revoke", event, how=how, by=by, at=at, keep=keep)


def end(
    found: Approval,
    move: str,
    event: Event,
    *,
    how: How,
    by: Actor,
    at: dt.datetime,
    keep: Callable[[Verdict, Entry], None] | None = None,
) -> Approval:
    """End an approval: give the budgets back, settle what was asked, tell it, free the case."""
    settle_asks(found, AskState.SETTLED, at=at)
    budgets.give_back(found, by=by, at=at)
    save(found, move, at=at)
    entry = tell(event, found, by=by, at=at, note=how.words)
    if keep is not None:
        keep(Verdict.REFUSE, entry)
    free_case(found, at=at)
    return found


def _ask_back(now: Sitting) -> Approval:
    now.found.is_asked_back = True
    save(now.found, "ask_back", "is_asked_back", at=now.at)
    now.keep(Verdict.ASK_BACK, now.tell(ApprovalAskedBack(**which(now.found))))
    return now.found


_VERDICTS = {Verdict.APPROVE: _approve, Verdict.REFUSE: _refuse, Verdict.ASK_BACK: _ask_back}


@verb
def answer(approval_id: UUID, *, note: str, by: Actor, at: dt.datetime, seen: int | None = None) -> Approval:
    """Answer the question of one who decides: by who asked for the approval, or owns the case now."""
    by.require(Permission.APPROVAL_ASK)
    found = load(approval_id, by=by, seen=seen)
    ask("answer", found, mover_of(by))
    words = clean_note(note, is_required=True)
    found.is_asked_back = False
    save(found, "answer", "is_asked_back", at=at)
    tell(ApprovalAnswered(**which(found)), found, by=by, at=at, note=words)
    return found


@verb
def pass_up(approval_id: UUID, *, note: str, by: Actor, at: dt.datetime, seen: int | None = None) -> Approval:
    """Hand a decision to the next step of the ladder, saying why. Refused(approval.nobody_can) where there is none."""
    by.require(Permission.APPROVAL_DECIDE)
    found = load(approval_id, by=by, seen=seen)
    matter, around = look_at(found, at=at)
    one = seat_of(found, matter, around, by)
    ask("pass_up", found, mover_of(by, not_seated=one if isinstance(one, Said) else None))
    words = clean_note(note, is_required=True)
    if not move_on(found, why="passed_up", above=found.level, by=by, at=at, note=words):
        raise refused(nobody_can(found))
    return found
