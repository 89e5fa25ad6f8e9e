"""Before publishing, the rooms above say what would have come out differently."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from recourse.handbook import queries
from recourse.handbook.policy.consequences import Consequence, Survey
from recourse.handbook.policy.rules import Rules
from recourse.kit.actor import Actor
from recourse.kit.errors import Refused
from recourse.kit.ids import uuid7
from tests.cast import AT, Cast
from tests.rooms.handbook.test_editions import drafted


@pytest.fixture
def asked() -> Iterator[list[dict[str, Any]]]:
    """Plug in one room that answers, and return what it was asked; put back what was there."""
    kept, calls = dict(queries._evaluators), []

    def decide(*, old: Rules, new: Rules, since: dt.datetime, at: dt.datetime, viewer: Actor, limit: int) -> Survey:
        calls.append({"since": since, "at": at, "viewer": viewer, "limit": limit})
        shares = old.escalation.gate.pass_through_percent, new.escalation.gate.pass_through_percent
        rows = [
            Consequence(uuid7(), ref, "Parcel", "share", str(shares[0]), str(shares[1]), is_open, at - ago)
            for ref, is_open, ago in [
                ("RC-1", False, dt.timedelta(days=1)),
                ("RC-2", False, dt.timedelta(days=2)),
                ("RC-3", True, dt.timedelta(days=3)),
            ]
        ]
        return Survey(checked=40, changed=3 if shares[0] != shares[1] else 0, rows=rows)

    queries.plug_evaluators(gate=decide)
    yield calls
    queries.plug_evaluators(**kept)


def test_the_rooms_are_asked_about_ninety_days_and_told_who_looks(cast: Cast, asked: list[dict[str, Any]]) -> None:
    draft = drafted(cast)
    found = queries.what_would_change(cast.edition.rules, draft.rules, viewer=cast.by("lea"), at=AT)
    assert asked == [
        {"since": AT - dt.timedelta(days=90), "at": AT, "viewer": cast.by("lea"), "limit": queries.ROWS_SHOWN}
    ]
    assert (found.checked, found.changed) == (40, 3)


def test_open_cases_stand_first_then_the_newest_decision(cast: Cast, asked: list[dict[str, Any]]) -> None:
    draft = drafted(cast)
    found = queries.what_would_change(cast.edition.rules, draft.rules, viewer=cast.by("lea"), at=AT)
    assert [(row.ref, row.old, row.new) for row in found.rows()] == [
        ("RC-3", "3", "7"),
        ("RC-1", "3", "7"),
        ("RC-2", "3", "7"),
    ]


def test_who_may_not_read_the_handbook_is_told_nothing(cast: Cast, asked: list[dict[str, Any]]) -> None:
    stranger = Actor(kind=cast.by("lea").kind, id="staff:x")
    with pytest.raises(Refused):
        queries.what_would_change(cast.edition.rules, cast.edition.rules, viewer=stranger, at=AT)
    assert asked == []
