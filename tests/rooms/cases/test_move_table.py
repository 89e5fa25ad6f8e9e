"""Stage × move × role: the verbs, the list that screens draw buttons from, and the table written out here agree."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction

from recourse.cases.models import Case
from recourse.cases.policy import Stage
from recourse.cases.policy.moves import MOVE_OF
from recourse.cases.queries.state import allowed_moves
from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible, Refused
from tests.cast import STAFF, Cast
from tests.rooms.cases.verbs import VERBS, at_stage, fresh

OPEN = {"new", "working"}
DONE = {"resolved", "closed"}
STAGES = {
    "start": {"new"},
    "resolve": OPEN,
    "close": {"resolved"},
    "reopen": DONE,
    "merge": OPEN | {"resolved"},
    "unmerge": {"merged"},
    "take": OPEN,
    "assign": OPEN,
    "release": OPEN,
    "transfer": OPEN,
    "grade": OPEN,
    "describe": OPEN,
    "wait": {"working"},
    "end_wait": {"working"},
    "place_hold": OPEN | {"resolved"},
    "lift_hold": OPEN | {"resolved"},
    "link": OPEN | {"resolved"},
    "unlink": OPEN | DONE,
    "split": OPEN | {"resolved"},
    "restrict": OPEN | DONE,
    "unrestrict": OPEN | DONE,
    "add_reader": OPEN | DONE,
    "remove_reader": OPEN | DONE,
}
FRONT = {"front-line agent", "customer-experience specialist", "technical support", "resolver", "team lead"}
GIVEN = {"owner.same", "reader.not"}  # what was given does not fit, whoever gives it
NARROW = {"resolver", "team lead"}
WHO = {
    **dict.fromkeys(STAGES, FRONT),
    **dict.fromkeys(("lift_hold", "restrict", "unrestrict", "add_reader", "remove_reader"), NARROW),
}


@contextmanager
def taken_back() -> Iterator[None]:
    """Take back what a try wrote."""
    point = transaction.savepoint()
    yield
    transaction.savepoint_rollback(point)


def outcome(cast: Cast, case: Case, name: str, by: Actor) -> str:
    """Return the code of the refusal, or nothing where the verb went through."""
    with taken_back():
        try:
            VERBS[name](cast, case, by, None)
        except Refused as error:
            return error.code
        except NotVisible:
            return "hidden"
    return ""


def test_the_table_is_the_one_written_here() -> None:
    assert {name: {stage.value for stage in move.from_stages} for name, move in MOVE_OF.items()} == STAGES


@pytest.mark.parametrize("nick", STAFF)
@pytest.mark.parametrize("stage", list(Stage))
def test_every_verb_does_what_the_table_says(cast: Cast, nick: str, stage: Stage) -> None:
    case, by, role = at_stage(cast, stage), cast.by(nick), STAFF[nick][1]
    listed = {row.name: row.code for row in allowed_moves(case, by)}
    for name in sorted(VERBS.keys() - {"lift_hold"}):
        found = outcome(cast, case, name, by)
        if role in {"department member", "administrator"}:
            assert found == "hidden", name
        elif role not in WHO[name]:
            assert found == listed[name] == "permission.missing", name
        elif stage.value not in STAGES[name]:
            assert found == listed[name] == "case.stage", name
        else:
            assert found == listed[name] or found in GIVEN, (name, found, listed[name])


@pytest.mark.parametrize("nick", ["ada", "rosa", "rik", "lea", "pia"])
def test_the_advanced_team_works_its_cases_and_others_read_them(cast: Cast, nick: str) -> None:
    case = at_stage(cast, Stage.WORKING, queue="resolution-1", owner="rosa")
    works = nick in {"rosa", "lea"}
    assert outcome(cast, fresh(case), "describe", cast.by(nick)) == ("" if works else "case.read_only")


def test_behind_a_wall_only_members_work(cast: Cast) -> None:
    case = at_stage(cast, Stage.WORKING, queue="privacy", owner="pia")
    assert outcome(cast, case, "describe", cast.by("pia")) == ""
    assert outcome(cast, case, "describe", cast.by("ada")) == "hidden"
    assert outcome(cast, case, "describe", cast.by("lea")) == "case.walled"


def test_a_customer_may_reopen_their_own_case_and_nothing_else(cast: Cast) -> None:
    case = at_stage(cast, Stage.RESOLVED)
    by = cast.customer_of(case)
    allowed = {row.name for row in allowed_moves(case, by) if row.is_allowed}
    assert allowed == {"reopen"}
    assert outcome(cast, case, "reopen", by) == ""
    assert outcome(cast, case, "close", by) == "permission.missing"
    assert outcome(cast, at_stage(cast, Stage.RESOLVED), "reopen", by) == "hidden"


def test_a_refusal_names_the_roles_that_could(cast: Cast) -> None:
    row = next(row for row in allowed_moves(at_stage(cast, Stage.WORKING), cast.by("ada")) if row.name == "restrict")
    assert row.code == "permission.missing"
    assert "resolver" in row.sentence
    assert "team lead" in row.sentence
