"""What would come of a request: shown before it is sent, and asked again when it is."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from recourse.cases.models import Case
from recourse.cases.queries.find import CaseKey, case_by_ref
from recourse.escalations.policy import (
    Assessment,
    Facts,
    Request,
    assess,
    due,
)
from recourse.escalations.queries.facts import facts_of
from recourse.escalations.queries.find import open_escalation
from recourse.escalations.queries.said import say
from recourse.handbook.models import Edition
from recourse.handbook.policy.rules import Rules
from recourse.handbook.policy.shape import Severity, Tier
from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor, ActorKind
from recourse.kit.calendar import WorkingCalendar, working_calendar
from recourse.kit.errors import Refused
from recourse.people.models import Team
from recourse.people.policy import Permission


@dataclass(frozen=True, slots=True)
class GroundRow:
    """One ground as the form shows it."""

    code: str
    name: str
    qualifies: str
    is_claimed: bool
    is_computed: bool
    is_met: bool
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """The answer to “would this go through?”: nothing is written."""

    case: Case
    edition: Edition
    facts: Facts
    assessment: Assessment
    team: Team | None
    gate_due_at: dt.datetime
    due_at: dt.datetime
    refusal: Refused | None
    grounds: tuple[GroundRow, ...]
    missing: tuple[tuple[str, str], ...]
    explain: tuple[str, ...]

    @property
    def can_be_sent(self) -> bool:
        """Whether it qualifies and nothing stands in the way."""
        return self.assessment.qualifies and self.refusal is None

    @property
    def sentence(self) -> str:
        """Say in one sentence what would come of it."""
        if self.refusal is not None:
            return self.refusal.sentence
        if self.missing:
            return _("Not yet: something is missing.")
        if not self.assessment.qualifies:
            return _("This does not qualify: no ground is met.")
        return _("This qualifies for %(tier)s, worked by %(team)s.") % {
            "tier": self.assessment.rule.name, "team": self.team.name if self.team else self.assessment.rule.team
        }  # fmt: skip


def preview(case_key: CaseKey, request: Request, *, by: Actor, at: dt.datetime) -> Preview:
    """Return whether a request would qualify, for which tier and team, by when, and what is missing.

    Raises NotVisible; a person without the right sees the answer with the refusal in it.
    """
    return weigh(case_by_ref(case_key, viewer=by), request, by=by, at=at)


def weigh(case: Case, request: Request, *, by: Actor, at: dt.datetime) -> Preview:
    """Return the same for a case that was loaded through what the actor may see."""
    edition = edition_at(at)
    facts = facts_of(case, rules=edition.rules, at=at)
    found = assess(request, facts, edition.rules.escalation)
    team = Team.objects.filter(slug=found.rule.team, is_active=True).first()
    calendar = calendar_for(edition.rules, found.tier, request.severity)
    return Preview(
        case=case,
        edition=edition,
        facts=facts,
        assessment=found,
        team=team,
        gate_due_at=due(edition.rules.escalation.gate.decide_within, at, calendar),
        due_at=due(found.rule.respond_within, at, calendar),
        refusal=why_not(case, by) or (None if team else no_team(found.rule.team)),
        grounds=_ground_rows(edition.rules, found),
        missing=tuple((gap.field, say(gap.said)) for gap in found.missing),
        explain=tuple(say(row) for row in found.explain),
    )


def _ground_rows(rules: Rules, found: Assessment) -> tuple[GroundRow, ...]:
    return tuple(
        GroundRow(
            code=verdict.code,
            name=verdict.name,
            qualifies=ground.qualifies,
            is_claimed=verdict.is_claimed,
            is_computed=verdict.is_computed,
            is_met=verdict.is_met,
            why=tuple(say(said) for said in verdict.why),
        )
        for ground, verdict in zip(rules.escalation.grounds, found.grounds, strict=True)
    )


def calendar_for(rules: Rules, tier: Tier, severity: Severity) -> WorkingCalendar:
    """Return the calendar in which the promises of a tier are counted."""
    row = rules.clocks.allowance(tier, severity)
    return working_calendar(rules.calendar(rules.clocks.calendar_key(row)).spec())


def why_not(case: Case, by: Actor) -> Refused | None:
    """Return why this actor cannot ask for an escalation of this case at all: only staff with the right may."""
    if by.kind not in (ActorKind.STAFF, ActorKind.API_KEY) or by.staff_id is None:
        return Refused("escalation.staff_only", _("Only staff ask for an escalation."), is_permission=True)
    if not by.can(Permission.ESCALATION_REQUEST):
        return Refused(
            "permission.missing", _("You do not have the right to ask for an escalation."), is_permission=True
        )
    if not case.is_open:
        return Refused("escalation.case_ended", _("This case is %(stage)s; reopen it first.") % {"stage": case.stage})
    standing = open_escalation(case)
    if standing is not None:
        return Refused("escalation.open_already", _("The escalation %(ref)s is open already.") % {"ref": standing.ref})
    return None


def no_team(slug: str) -> Refused:
    """Return the refusal for a team that the handbook names and the company does not have."""
    return Refused("escalation.no_team", _("The handbook names the team “%(team)s”; there is none.") % {"team": slug})
