"""The gate: accept, return with coaching, redirect, choose another tier. Never by the one who asked."""

import datetime as dt

from django.utils.translation import gettext as _

from recourse.cases.actions import add_reader, grade, lift_hold, transfer
from recourse.cases.models import Case
from recourse.cases.queries.find import CaseKey
from recourse.escalations.actions.keeping import (
    ask,
    clean_note,
    decide,
    load,
    number_of,
    parties,
    queue_of,
    return_reason,
    save,
    staff_of,
    tell,
)
from recourse.escalations.actions.requesting import UNDECIDED
from recourse.escalations.events import (
    EscalationAccepted,
    EscalationRedirected,
    EscalationReturned,
    TierOverridden,
)
from recourse.escalations.models import Escalation
from recourse.escalations.policy import NoticeKind, State, Verdict, passes_through
from recourse.escalations.queries.preview import no_team
from recourse.handbook.models import Edition
from recourse.handbook.policy.reasons import Decision
from recourse.handbook.policy.shape import ESCALATION_TIERS, Impact, Severity, Tier
from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid
from recourse.kit.ids import random_share
from recourse.kit.transactions import verb
from recourse.people.models import Staff, Team
from recourse.people.policy import Permission, TeamKind
from recourse.timeline.actions.record import record

GATE = str(Permission.ESCALATION_GATE)
OVERRIDE = str(Permission.ESCALATION_OVERRIDE)


@verb
def accept(
    case_key: CaseKey, number: int, *, by: Actor, at: dt.datetime, note: str = "", seen: int | None = None
) -> Escalation:
    """Let a case in to the tier and team that it was weighed for; whoever speaks with the customer stays."""
    found = load(case_key, number, by=by, seen=seen)
    ask("accept", found, by)
    words = clean_note(note)
    edition = edition_at(at)
    event = _let_in(found, by=by, at=at)
    entry = record(event, thread=found.case.thread, by=by, at=at, edition=edition.number, note=words)
    decide(found, Verdict.ACCEPT, by=by, at=at, edition=edition, entry=entry)
    tell(parties(found), NoticeKind.ACCEPTED, case=found.case, entry=entry, at=at, found=found)
    return found


def _let_in(found: Escalation, *, by: Actor, at: dt.datetime, reason: str = "") -> EscalationAccepted:
    """Move the case to the team's queue and tier; clocks keep running against the new targets."""
    found.decided_by, found.decided_at = staff_of(by), at
    found.is_pass_through = bool(reason)
    save(found, "accept", "decided_by", "decided_at", "is_pass_through", at=at)
    case = found.case
    lift_hold(case.pk, reason=UNDECIDED, by=by, at=at, under=GATE)
    grade(case.pk, severity=Severity(found.severity), impact=Impact(found.impact), by=by, at=at, under=GATE)
    transfer(case.pk, queue=queue_of(found.team), tier=Tier(found.tier), by=by, at=at, under=GATE)
    _open_to_team(found, by=by, at=at, under=GATE)
    return EscalationAccepted(
        escalation_id=str(found.pk),
        number=found.number,
        tier=found.tier,
        team=found.team.slug,
        is_pass_through=found.is_pass_through,
        reason=reason,
    )


def _open_to_team(found: Escalation, *, by: Actor, at: dt.datetime, under: str) -> None:
    """Name the members of the team as readers of a restricted case: nobody else could take it up."""
    if not Case.objects.filter(pk=found.case_id, is_restricted=True).exists():
        return
    members = Staff.objects.filter(memberships__team=found.team, is_active=True).order_by("pk")
    for staff_id in members.values_list("pk", flat=True):
        add_reader(found.case_id, staff_id=staff_id, by=by, at=at, under=under)


@verb
def return_(
    case_key: CaseKey, number: int, *, reason: str, note: str, by: Actor, at: dt.datetime, seen: int | None = None
) -> Escalation:
    """Give an asking back with a reason of the handbook and a note to learn from; the customer is not touched.

    A share of refusals, drawn by chance, goes in anyway and is marked: only so can wrong refusals be counted.
    """
    found = load(case_key, number, by=by, seen=seen)
    ask("return", found, by)
    edition = edition_at(at)
    gate = edition.rules.escalation.gate
    chosen = return_reason(reason, edition.rules)
    words = clean_note(note, minimum=gate.coaching_note_minimum)
    is_let_in = passes_through(random_share(), percent=gate.pass_through_percent)
    if is_let_in:
        event: EscalationAccepted | EscalationReturned = _let_in(found, by=by, at=at, reason=chosen.code)
    else:
        event = _give_back(found, chosen.code, by=by, at=at)
    entry = record(event, thread=found.case.thread, by=by, at=at, edition=edition.number, note=words)
    decide(found, Verdict.RETURN, by=by, at=at, edition=edition, entry=entry, reason=chosen.code)
    kind = NoticeKind.ACCEPTED if is_let_in else NoticeKind.RETURNED
    tell(parties(found), kind, case=found.case, entry=entry, at=at, found=found, reason=chosen.code)
    return found


def _give_back(found: Escalation, reason: str, *, by: Actor, at: dt.datetime) -> EscalationReturned:
    found.decided_by, found.decided_at = staff_of(by), at
    save(found, "return", "decided_by", "decided_at", at=at)
    lift_hold(found.case_id, reason=UNDECIDED, by=by, at=at, under=GATE)
    return EscalationReturned(escalation_id=str(found.pk), number=found.number, reason=reason)


@verb
def redirect(
    case_key: CaseKey,
    number: int,
    *,
    team_slug: str,
    reason: str,
    note: str,
    by: Actor,
    at: dt.datetime,
    seen: int | None = None,
) -> Escalation:
    """Send the case to another team that can solve it without the advanced one, with a reason and a note."""
    found = load(case_key, number, by=by, seen=seen)
    ask("redirect", found, by)
    edition = edition_at(at)
    chosen = return_reason(reason, edition.rules)
    words = clean_note(note, minimum=edition.rules.escalation.gate.coaching_note_minimum)
    team = _other_team(team_slug)
    found.decided_by, found.decided_at = staff_of(by), at
    save(found, "redirect", "decided_by", "decided_at", at=at)
    lift_hold(found.case_id, reason=UNDECIDED, by=by, at=at, under=GATE)
    transfer(found.case_id, queue=queue_of(team), tier=Tier.FRONT_LINE, by=by, at=at, under=GATE)
    event = EscalationRedirected(escalation_id=str(found.pk), number=found.number, reason=chosen.code, team=team.slug)
    entry = record(event, thread=found.case.thread, by=by, at=at, edition=edition.number, note=words)
    decide(found, Verdict.REDIRECT, by=by, at=at, edition=edition, entry=entry, reason=chosen.code)
    tell(parties(found), NoticeKind.REDIRECTED, case=found.case, entry=entry, at=at, found=found, team=team.slug)
    return found


def _other_team(slug: str) -> Team:
    found = Team.objects.filter(slug=slug, is_active=True).exclude(kind=TeamKind.ADVANCED).first()
    if found is None:
        raise Invalid.one("team", _("Choose a team that is not an advanced one; those are reached by accepting."))
    return found


@verb
def override_tier(
    case_key: CaseKey,
    number: int,
    *,
    tier: Tier,
    reason: str,
    by: Actor,
    at: dt.datetime,
    note: str = "",
    seen: int | None = None,
) -> Escalation:
    """Choose another tier than the rules gave, with a reason of the handbook; one at work moves to that tier's team."""
    found = load(case_key, number, by=by, seen=seen)
    edition = edition_at(at)
    _may_override(found, tier, reason, edition, by)
    words = clean_note(note)
    before = found.tier
    rule = edition.rules.escalation.tier_rule(tier)
    team = Team.objects.filter(slug=rule.team, is_active=True).first()
    if team is None:
        raise no_team(rule.team)
    found.tier, found.team = tier, team
    found.version += 1
    found.save(update_fields=["tier", "team", "version"])
    if found.state == State.ACCEPTED:
        transfer(found.case_id, queue=queue_of(team), tier=tier, by=by, at=at, under=OVERRIDE)
        _open_to_team(found, by=by, at=at, under=OVERRIDE)
    event = TierOverridden(
        escalation_id=str(found.pk), number=found.number, reason=reason, before=before, after=tier, team=team.slug
    )
    entry = record(event, thread=found.case.thread, by=by, at=at, edition=number_of(edition), note=words)
    decide(found, Verdict.OVERRIDE_TIER, by=by, at=at, edition=edition, entry=entry, reason=reason, tier_before=before)
    return found


def _may_override(found: Escalation, tier: Tier, reason: str, edition: Edition, by: Actor) -> None:
    ask("override_tier", found, by)
    if tier not in ESCALATION_TIERS or tier == found.tier:
        raise Invalid.one("tier", _("Choose another tier above the front line."))
    if edition.rules.reasons.override_reason(reason, Decision.TIER) is None:
        raise Invalid.one("reason", _("Choose a reason from the handbook."))
