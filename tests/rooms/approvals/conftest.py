"""The cast with those who approve, and short ways to ask and decide."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from recourse.approvals import actions
from recourse.approvals.models import Approval
from recourse.approvals.policy import Terms
from recourse.cases.models import Case
from recourse.handbook import actions as handbook
from recourse.handbook.models import Edition
from recourse.handbook.queries import forget_asked
from recourse.kit.actor import Actor
from recourse.kit.ids import uuid7
from recourse.kit.money import Money
from recourse.people.models import Delegation, Role, RoleGrant, Staff
from recourse.people.policy import ROLES
from recourse.timeline.actions import open_thread
from tests.cast import AT, Cast

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
MORE = {"lou": "legal", "dee": "director", "lars": "team lead", "flo": "finance", "fred": "finance"}


@dataclass
class Desk:
    """The cast with two leads (lea, lars), three of finance (fin, flo, fred), legal (lou) and a director (dee)."""

    cast: Cast

    def by(self, nick: str) -> Actor:
        """Return somebody as an actor."""
        return self.cast.by(nick)

    def person(self, nick: str) -> UUID:
        """Return the human behind an account."""
        return self.cast.staff[nick].person_id

    def hire(self, nick: str, *roles: str, person: UUID | None = None) -> Staff:
        """Add an account with roles, of a person who may have another."""
        staff = Staff.objects.create(
            email=f"{nick}@desk.example", name=nick.title(), person_id=person or uuid7(), joined_at=AT,
            thread=open_thread("staff"), password="!",
        )  # fmt: skip
        for name in roles:
            role, _is_new = Role.objects.get_or_create(
                name=name, defaults={"permissions": sorted(ROLES[name]), "is_built_in": True}
            )
            RoleGrant.objects.create(staff=staff, role=role)
        self.cast.staff[nick] = staff
        self.cast.actors.pop(nick, None)
        return staff

    def case(self, **given: Any) -> Case:
        """Open a case."""
        return self.cast.open(**given)

    def terms(self, case: Case, minor: int = 49_000, **given: Any) -> Terms:
        """Return terms of a refund on a case."""
        told: dict[str, Any] = {
            "kind": "remedy_line",
            "matter": f"remedy_line:{uuid7()}",
            "case_id": case.pk,
            "amount": Money(minor, given.pop("currency", "GBP")),
            "remedy_kind": "refund",
            "severity": "medium",
            "payee_customer_id": case.customer_id,
            "evidence": ("file-1",),
            "content": {"line": 1},
        }
        return Terms(**{**told, **given})

    def ask(
        self, minor: int = 49_000, *, by: str = "ada", at: dt.datetime = AT, case: Case | None = None, **given: Any
    ) -> Approval:
        """Ask for a refund to be approved."""
        return actions.ask_approval(self.terms(case or self.case(), minor, **given), by=self.by(by), at=at)

    def decide(
        self, found: Approval, verdict: str = "approve", *, by: str = "lea", at: dt.datetime = AT + MINUTE, **given: Any
    ) -> Approval:
        """Decide, with a second factor given just now."""
        given.setdefault("factor_at", at)
        given.setdefault("terms_hash", found.terms_hash)
        given.setdefault("note", "" if verdict == "approve" else "Because.")
        actor = given.pop("actor", None) or self.by(by)
        return actions.decide(found.pk, verdict=verdict, by=actor, at=at, **given)

    def delegate(
        self, giver: str, receiver: str, *, from_at: dt.datetime = AT - DAY, until_at: dt.datetime = AT + DAY
    ) -> Delegation:
        """Let one act for another, whatever rules of chains would say."""
        staff = self.cast.staff
        return Delegation.objects.create(
            giver=staff[giver], receiver=staff[receiver], from_at=from_at, until_at=until_at
        )

    def edition(
        self, path: str, value: Any, *, author: str = "max", publisher: str = "lea", at: dt.datetime = AT
    ) -> Edition:
        """Publish an edition that differs in one place."""
        draft = handbook.start_draft(by=self.by(author), at=at)
        draft = handbook.set_value(draft.pk, path=path, value=value, seen=draft.version, by=self.by(author), at=at)
        draft = handbook.propose(draft.pk, note="why", seen=draft.version, by=self.by(author), at=at)
        done = handbook.publish(draft.pk, seen=draft.version, by=self.by(publisher), at=at)
        forget_asked()
        return done


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """Return the cast and those who approve."""
    made = Desk(cast)
    for nick, role in MORE.items():
        made.hire(nick, role)
    return made
