"""Requests that qualify, asked for by the cast."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from recourse.cases.models import Case
from recourse.clocks.actions import start_for_case
from recourse.escalations import actions
from recourse.escalations.models import Escalation
from recourse.escalations.policy import Claim, Request
from recourse.handbook.policy.shape import Impact, Severity
from tests.cast import AT, SYSTEM, Cast

LEGAL = Claim("legal_exposure", {"claim": "My lawyer writes to you on Monday about the injury."})
LOSS = Claim(
    "financial_impact", {"loss": {"currency": "GBP", "minor": 80_000}, "reckoning": "Four charges of 200 each"}
)
BREACH = Claim(
    "privacy_breach", {"what": "Another customer's name on the label", "people": 2, "known_on": "2026-03-01"}
)
NOTE = "Name the threshold next time: the loss was below it."


@dataclass
class Desk:
    """The cast, and what it does with escalations: `resolution-1` works tier 1, `resolution-2` tiers 2 and 3."""

    cast: Cast

    def case(self, *, at: dt.datetime = AT, owner: str = "ada", **given: Any) -> Case:
        """Open a case with its clocks, owned by somebody of the front line."""
        case = self.cast.open(at=at, **given)
        start_for_case(case, by=SYSTEM, at=at)
        case.owner = case.contact_owner = self.cast.staff[owner]
        case.stage = "working"
        case.save()
        return case

    def ask(self, case: Case, *claims: Claim, by: str = "ada", at: dt.datetime = AT, **graded: str) -> Escalation:
        """Ask for an escalation that qualifies, unless told otherwise."""
        asked = request(*(claims or (LOSS,)), **graded)
        return actions.request(case.ref, asked, by=self.cast.by(by), at=at)

    def accepted(self, *claims: Claim, by: str = "gil", **graded: str) -> Escalation:
        """Ask on a new case and let the gate accept it."""
        case = self.case()
        found = self.ask(case, *claims, **graded)
        return actions.accept(case.ref, found.number, by=self.cast.by(by), at=AT)


def request(*claims: Claim, severity: str = "medium", impact: str = "one") -> Request:
    """Return a request."""
    return Request(Severity(severity), Impact(impact), claims)


def claim(code: str, evidence: Mapping[str, Any]) -> Claim:
    """Return a claim."""
    return Claim(code, evidence)


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """Return the cast with ways to ask for escalations."""
    return Desk(cast)


@pytest.fixture
def no_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no refusal through by chance."""
    monkeypatch.setattr("recourse.escalations.actions.deciding.random_share", lambda: 0.999)
