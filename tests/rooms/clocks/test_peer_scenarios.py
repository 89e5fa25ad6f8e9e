"""Eighteen scenarios that another desk records, told as facts.

That desk pauses every clock, lets its update clock run from the first message on, counts closed time as a pause
and, where a sum ends exactly at a close, names the next opening: each is an option of a target here. Where it sets
a single attribute instead of sending a message, the fact is a holding reply: a response that answers nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from recourse.clocks.policy import (
    AtClose,
    ClockState,
    Fact,
    FactKind,
    Family,
    Plan,
    Reply,
    Target,
    WorkingTime,
    replay,
)
from recourse.handbook.policy.clocks import OnReopen
from tests.rooms.kit.material import calendar_of, material, moment, recorded

SCENARIOS = {scenario["case"]: scenario for scenario in recorded("business_hours/zammad_sla_scenarios.json")}
KINDS = {"first_response": "first_response", "update": "next_response", "solution": "resolution"}
TOLD: dict[str, tuple[tuple[FactKind, str], ...]] = {
    "created, inbound customer email": ((FactKind.RECEIVED, "answer"),),
    "created, inbound web": ((FactKind.RECEIVED, "answer"),),
    "created, priority matches SLA": ((FactKind.RECEIVED, "answer"),),
    "created, open": ((FactKind.RECEIVED, "answer"),),
    "created, pending": ((FactKind.RECEIVED, "answer"), (FactKind.WAIT_STARTED, "answer")),
    "first response": ((FactKind.STAFF_REPLIED, "holding"),),
    "last agent contact": ((FactKind.STAFF_REPLIED, "answer"),),
    "agent reply": ((FactKind.STAFF_REPLIED, "answer"),),
    "customer reply": ((FactKind.CUSTOMER_WROTE, "answer"),),
    "second inbound customer email": ((FactKind.CUSTOMER_WROTE, "answer"),),
    "inbound customer email, open": ((FactKind.WAIT_ENDED, "answer"), (FactKind.CUSTOMER_WROTE, "answer")),
    "outbound email + pending": ((FactKind.STAFF_REPLIED, "answer"), (FactKind.WAIT_STARTED, "answer")),
    "pending": ((FactKind.WAIT_STARTED, "answer"),),
    "open": ((FactKind.WAIT_ENDED, "answer"),),
    "closed": ((FactKind.RESOLVED, "answer"),),
    "reopened": ((FactKind.REOPENED, "answer"),),
    "priority changed to one with no SLA": ((FactKind.TARGET_CHANGED, "answer"),),
}


def plan_of(scenario: Mapping[str, Any], *, at_close: AtClose, covers_first: bool) -> Plan:
    calendar = calendar_of(scenario["calendar"])
    minutes = {kind: scenario["sla"][f"{name}_min"] for name, kind in KINDS.items()}
    return Plan(
        1,
        tuple(
            Target(
                kind,
                Family.COMMERCIAL,
                WorkingTime(calendar, allowed * 60, at_close),
                pauses=True,
                on_reopen=OnReopen.CONTINUE,
                covers_first_message=covers_first,
            )
            for kind, allowed in minutes.items()
            if allowed is not None
        ),
    )


def facts_of(scenario: Mapping[str, Any]) -> list[Fact]:
    facts: list[Fact] = []
    for when, what in scenario["events"]:
        at = facts[-1].at if when == "later" else moment(when)
        for kind, reply in TOLD[what]:
            empty = Plan(2, ()) if kind is FactKind.TARGET_CHANGED else None
            number = len(facts) + 1
            ref = "wait" if kind in (FactKind.WAIT_STARTED, FactKind.WAIT_ENDED) else f"m{number}"
            facts.append(Fact(number, kind, at, ref=ref, reply=Reply(reply), plan=empty))
    return facts


def minutes_of(states: list[ClockState]) -> float | None:
    """The longest working time that a kind of clock took, over its ended instances."""
    used = [state.used_seconds / 60 for state in states if not state.is_open]
    return max(used, default=None)


def due_of(states: list[ClockState]) -> datetime | None:
    return next((state.due_at for state in states if state.is_open), None)


def compare(scenario: Mapping[str, Any], states: tuple[ClockState, ...], expected: Mapping[str, Any]) -> None:
    by_name = {name: [state for state in states if state.kind == kind] for name, kind in KINDS.items()}
    for key, value in expected.items():
        if key == "next_escalation":
            dues = [due for found in by_name.values() if (due := due_of(found))]
            assert min(dues) == moment(value)
            continue
        name, _, what = key.partition("_due") if key.endswith("_due") else _parts(key)
        found, allowed = by_name[name], scenario["sla"][f"{name}_min"]
        if key.endswith("_due"):
            due = due_of(found)
            assert (due and due.replace(second=0)) == (value and moment(value)), key
        elif what == "in_min":
            assert minutes_of(found) == value, key
        else:
            assert allowed - (minutes_of(found) or 0) == value, key


def _parts(key: str) -> tuple[str, str, str]:
    name = next(name for name in KINDS if key.startswith(name))
    return name, "", key.removeprefix(f"{name}_")


AT_CLOSE = "paused 10:00-15:00Z; budget would end exactly at closing time"
NO_LONGER = "SLA no longer matches after priority change"
PLAIN = [name for name in SCENARIOS if name not in (AT_CLOSE, NO_LONGER)]


@pytest.mark.material
@pytest.mark.parametrize("number", range(16))
def test_a_scenario_of_a_peer_with_its_options_set_comes_out_the_same(number: int) -> None:
    material("business_hours/zammad_sla_scenarios.json")
    scenario = SCENARIOS[PLAIN[number]]
    plan = plan_of(scenario, at_close=AtClose.CLOSE, covers_first=True)
    facts = facts_of(scenario)
    compare(scenario, replay(facts, plan, facts[-1].at), scenario["expected"])


@pytest.mark.material
@pytest.mark.parametrize("at_close", list(AtClose))
def test_a_sum_that_ends_at_the_close_is_due_then_or_with_the_peers_option_at_the_next_opening(
    at_close: AtClose,
) -> None:
    material("business_hours/zammad_sla_scenarios.json")
    scenario = SCENARIOS[AT_CLOSE]
    facts = facts_of(scenario)
    states = replay(facts, plan_of(scenario, at_close=at_close, covers_first=True), facts[-1].at)
    ours = {"first_response_due": "2013-06-04T16:00:00Z"}
    compare(scenario, states, scenario["expected"] if at_close is AtClose.NEXT_OPENING else ours)


@pytest.mark.material
def test_a_priority_without_targets_withdraws_every_clock_and_no_message_means_no_update_clock() -> None:
    material("business_hours/zammad_sla_scenarios.json")
    scenario = SCENARIOS[NO_LONGER]
    plan = plan_of(scenario, at_close=AtClose.CLOSE, covers_first=False)
    created, changed = facts_of(scenario)
    compare(scenario, replay([created], plan, created.at), scenario["expected"]["before"])
    assert scenario["expected"]["after"] == "all due times null"
    assert not [state for state in replay([created, changed], plan, changed.at) if state.is_open]
