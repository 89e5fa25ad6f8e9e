"""B1: an approval moves along the drawn transitions alone: every state × move × right × person, by rule and by verb."""

from collections.abc import Callable
from itertools import product
from uuid import UUID

import pytest

from recourse.approvals import actions
from recourse.approvals.models import Approval
from recourse.approvals.policy import (
    INNER,
    MOVES,
    MOVES_BY_NAME,
    Mover,
    Said,
    Standing,
    State,
    allowed_moves,
    may_move,
)
from recourse.kit.errors import Refused
from tests.cast import AT
from tests.rooms.approvals.conftest import DAY, HOUR, Desk

OWNER, APPROVER, STRANGER = UUID(int=1), UUID(int=2), UUID(int=3)
DRAWN = {
    ("approve", "asked"), ("refuse", "asked"), ("ask_back", "asked"), ("pass_up", "asked"), ("revoke", "granted"),
    ("answer", "asked"), ("withdraw", "asked"), ("withdraw", "granted"), ("break_glass", "asked"), ("use", "granted"),
    ("expire", "asked"), ("void", "asked"), ("void", "granted"),
}  # fmt: skip
RIGHT = {
    **dict.fromkeys(("approve", "refuse", "ask_back", "pass_up", "revoke"), "approval:decide"),
    **dict.fromkeys(("answer", "withdraw"), "approval:ask"),
    "break_glass": "approval:break_glass",
}  # fmt: skip
WHO = {
    "revoke": {APPROVER}, "answer": {OWNER}, "withdraw": {OWNER}, "use": {OWNER, STRANGER},
}  # fmt: skip


CELLS = list(
    product(
        MOVES_BY_NAME, State, ("", "approval:ask", "approval:decide", "approval:break_glass"),
        (OWNER, APPROVER, STRANGER),
    )
)  # fmt: skip


@pytest.mark.parametrize(("name", "state", "right", "who"), CELLS)
def test_every_state_move_right_and_person_is_as_drawn(name: str, state: State, right: str, who: UUID) -> None:
    standing = Standing(
        state=state, owners=frozenset({OWNER}), approvers=frozenset({APPROVER}), is_asked_back=True
    )  # fmt: skip
    mover = Mover(persons=frozenset({who}), permissions=frozenset({right}), is_inner=name in ("use", "void", "expire"))
    is_drawn = (name, state.value) in DRAWN
    has_right = RIGHT.get(name) in (None, right)
    is_one = who in WHO.get(name, {OWNER, APPROVER, STRANGER})
    assert (may_move(name, standing, mover) is None) == (is_drawn and has_right and is_one)


@pytest.mark.parametrize("name", ["approve", "refuse", "ask_back", "pass_up", "break_glass"])
def test_who_has_no_seat_is_told_why(name: str) -> None:
    said = Said("approval.editor")
    standing = Standing(state=State.ASKED)
    rights = frozenset({"approval:decide", "approval:break_glass"})
    assert may_move(name, standing, Mover(persons=frozenset({STRANGER}), permissions=rights, not_seated=said)) == said
    nobody = Mover(persons=frozenset(), permissions=rights)
    assert may_move(name, standing, nobody) == Said("approval.nobody")


def test_what_is_used_is_neither_taken_back_nor_void_and_a_question_must_have_been_asked() -> None:
    used = Standing(state=State.GRANTED, owners=frozenset({OWNER}), approvers=frozenset({OWNER}), is_used=True)
    mover = Mover(persons=frozenset({OWNER}), permissions=frozenset({"approval:ask", "approval:decide"}))
    system = Mover(persons=frozenset(), permissions=frozenset(), is_system=True)
    for name in ("withdraw", "revoke"):
        assert may_move(name, used, mover) == Said("approval.used")
    assert may_move("void", used, system) == Said("approval.used")
    asked = Standing(state=State.ASKED, owners=frozenset({OWNER}))
    assert may_move("answer", asked, mover) == Said("approval.not_asked_back")
    assert allowed_moves(asked, mover)["withdraw"] is None
    assert {move.name for move in (*MOVES, *INNER)} == set(MOVES_BY_NAME)


def make(desk: Desk, state: str) -> Approval:
    """Bring an approval into a state by verbs."""
    found = desk.ask(by="ada")
    ends: dict[str, Callable[[], object]] = {
        "asked": lambda: None,
        "granted": lambda: desk.decide(found),
        "refused": lambda: desk.decide(found, "refuse"),
        "withdrawn": lambda: actions.withdraw(found.pk, note="No.", by=desk.by("ada"), at=AT),
        "void": lambda: actions.void_for_change(found.matter, new_hash="0" * 64, by=desk.by("ada"), at=AT),
        "expired": lambda: [actions.look_after(at=AT + day * DAY) for day in range(1, 5)],
    }
    ends[state]()
    found.refresh_from_db()
    assert found.state == state
    return found


@pytest.mark.parametrize(("state", "name"), list(product([state.value for state in State], MOVES_BY_NAME)))
def test_the_verbs_move_along_the_same_lines(desk: Desk, state: str, name: str) -> None:
    if name == "expire":
        pytest.skip("time's own move; tried below")
    found = make(desk, state)
    given = {"terms_hash": found.terms_hash, "at": AT + 9 * HOUR}
    verbs: dict[str, Callable[[], object]] = {
        "approve": lambda: actions.decide(found.pk, verdict="approve", by=desk.by("lars"), **given),
        "refuse": lambda: actions.decide(found.pk, verdict="refuse", note="No.", by=desk.by("lars"), **given),
        "revoke": lambda: actions.decide(found.pk, verdict="refuse", note="No.", by=desk.by("lea"), **given),
        "ask_back": lambda: actions.decide(found.pk, verdict="ask_back", note="Why?", by=desk.by("lars"), **given),
        "pass_up": lambda: actions.pass_up(found.pk, note="Up.", by=desk.by("lars"), at=given["at"]),
        "answer": lambda: actions.answer(found.pk, note="So.", by=desk.by("ada"), at=given["at"]),
        "withdraw": lambda: actions.withdraw(found.pk, note="No.", by=desk.by("ada"), at=given["at"]),
        "break_glass": lambda: actions.break_glass(
            found.pk, reason="Fire.", by=desk.by("lars"), factor_at=given["at"], **given
        ),
        "use": lambda: actions.use_approval(found.pk, by=desk.by("ada"), **given),
        "void": lambda: actions.void_for_change(found.matter, new_hash="0" * 64, by=desk.by("ada"), at=given["at"]),
    }
    if name == "answer" and state == "asked":
        actions.decide(found.pk, verdict="ask_back", note="Why?", by=desk.by("lars"), **given)
    ends = {move.name: move.to_state for move in (*MOVES, *INNER)}
    same_verb = {"refuse": ("revoke", "granted"), "revoke": ("refuse", "asked")}
    is_drawn = (name, state) in DRAWN or (name == "revoke" and state == "asked")
    before = found.state
    met, done = tried(verbs[name])
    found.refresh_from_db()
    if name == "void" and state not in ("asked", "granted"):
        assert (met, done) == ("", None)
    elif not is_drawn:
        assert (found.state, met in {"approval.state", "approval.not_approver"}) == (before, True), met
    else:
        other = same_verb.get(name, (name, state))
        assert met == ""
        assert found.state == (ends[name] or ends.get(other[0] if other[1] == state else name) or before)


def tried(act: Callable[[], object]) -> tuple[str, object]:
    """Run a verb and return the code of its refusal, or what it answered."""
    try:
        return "", act()
    except Refused as refused:
        return refused.code, None


def test_silence_climbs_level_by_level_and_is_a_no_at_the_end(desk: Desk) -> None:
    found = desk.ask()
    seen = []
    for day in range(1, 5):
        actions.look_after(at=AT + day * DAY)
        found.refresh_from_db()
        seen.append((found.state, found.level))
    assert seen == [("asked", 1), ("asked", 2), ("expired", 2), ("expired", 2)]
