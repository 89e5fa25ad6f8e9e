"""The emergency override: one person with the right decides beyond limits and numbers; another must review it."""

import datetime as dt
from uuid import UUID

from recourse.approvals.actions import budgets
from recourse.approvals.actions.calling import look_at
from recourse.approvals.actions.deciding import end, granted
from recourse.approvals.actions.keeping import (
    How,
    ask,
    clean_note,
    load,
    person,
    require_terms,
    tell,
    which,
    write_decision,
)
from recourse.approvals.events import ApprovalRefused, GlassBroken, GlassReviewed
from recourse.approvals.models import Approval, GlassBreak
from recourse.approvals.policy import Parties, ReviewVerdict, Said, State, Verdict, excluded, is_fresh
from recourse.approvals.queries.organisation import delegations_among
from recourse.approvals.queries.said import refused
from recourse.approvals.queries.weighing import mover_of, parties_of
from recourse.handbook.queries import edition_at, persons_behind
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid
from recourse.kit.models import locked
from recourse.kit.time import iso
from recourse.kit.transactions import verb
from recourse.people.policy import Permission
from recourse.timeline.models import Entry

HOUR = dt.timedelta(hours=1)


@verb
def break_glass(
    approval_id: UUID,
    *,
    terms_hash: str,
    reason: str,
    by: Actor,
    at: dt.datetime,
    factor_at: dt.datetime | None = None,
    seen: int | None = None,
) -> Approval:
    """Grant an open approval in an emergency, beyond limits and numbers of people, saying why; a review is owed.

    Still never by anybody with a part in it; always with the second factor given lately. It counts against budgets.
    """
    by.require(Permission.APPROVAL_BREAK_GLASS)
    found = load(approval_id, by=by, seen=seen)
    breaker = person(by)
    require_terms(found, terms_hash)
    matter, around = look_at(found, at=at)
    tied = None
    for one in sorted(persons_behind(by)):
        tied = tied or excluded(one, matter.parties, around.delegations, since=found.asked_at, until=at)
    ask("break_glass", found, mover_of(by, not_seated=tied))
    words = clean_note(reason, field="reason", is_required=True)
    rules = edition_at(at).rules.authority
    if not is_fresh(rules, factor_at, at):
        raise refused(Said("approval.fresh_factor", {"minutes": rules.step_up.within_minutes}))
    due_at = at + rules.review_within_hours * HOUR
    GlassBreak.objects.create(
        approval=found, by=breaker, person_id=breaker.person_id, reason=words, at=at, review_due_at=due_at
    )
    budgets.grant_shared(found, None, matter.authority, by=by, at=at)
    tell(GlassBroken(**which(found), review_due_at=iso(due_at)), found, by=by, at=at, note=words)

    def keep(verdict: Verdict, entry: Entry) -> None:
        write_decision(found, verdict, by=breaker, entry=entry, at=at, sums=matter.sums, how=How(words, factor_at))

    return granted(found, Verdict.BREAK_GLASS, by, at, keep=keep, words=words)


@verb
def review_break_glass(approval_id: UUID, *, verdict: str, note: str, by: Actor, at: dt.datetime) -> GlassBreak:
    """Say whether an emergency override was justified: by another person with the right, not tied to it in any way.

    One that was not and is not yet carried out is taken back.
    """
    by.require(Permission.APPROVAL_REVIEW)
    if verdict not in set(ReviewVerdict):
        raise Invalid.one("verdict", ", ".join(ReviewVerdict))
    found = load(approval_id, by=by)
    reviewer = person(by)
    glass: GlassBreak | None = locked(GlassBreak.objects.filter(approval=found)).first()
    if glass is None or glass.reviewed_at is not None:
        raise refused(Said("glass.reviewed"))
    if _is_tied(found, glass, by, at):
        raise refused(Said("glass.own"))
    words = clean_note(note, is_required=True)
    glass.reviewer, glass.reviewer_person_id, glass.reviewed_at = reviewer, reviewer.person_id, at
    glass.verdict, glass.review_note = ReviewVerdict(verdict).value, words
    glass.save()
    tell(GlassReviewed(**which(found), verdict=glass.verdict), found, by=by, at=at, note=words)
    if verdict == ReviewVerdict.UNJUSTIFIED and found.state == State.GRANTED and found.used_at is None:
        end(found, "revoke", ApprovalRefused(**which(found), was_granted=True), how=How(words), by=by, at=at)
    return glass


def _is_tied(found: Approval, glass: GlassBreak, by: Actor, at: dt.datetime) -> bool:
    """Tell whether a reviewer is the one who used the override, has a part in the matter, or is tied by delegation."""
    parties = parties_of(found, now=edition_at(at))
    around = Parties(proposer=parties.everybody - parties.rule_author, executor=frozenset({glass.person_id}))
    persons = persons_behind(by)
    held = delegations_among(persons | around.everybody, since=found.asked_at, at=at)
    return any(excluded(one, around, held, since=found.asked_at, until=at) is not None for one in persons)
