"""The handbook over JSON: a draft changed, proposed by one key and published by another person's."""

from typing import Any

from recourse.handbook import queries
from recourse.handbook.policy.facts import FACTS
from recourse.handbook.policy.writing import write_toml
from tests.cast import Cast
from tests.doors.api.calls import Caller, caller, said

GATE = "escalation.gate.pass_through_percent"


def drafted(lead: Caller) -> dict[str, Any]:
    """Begin a draft and return it."""
    begun = lead.post("/handbook/draft")
    assert begun.status_code == 201
    draft: dict[str, Any] = said(begun)
    return draft


def changed(lead: Caller, draft: dict[str, Any], path: str, value: Any, *, seen: int | None = None) -> Any:
    """Change one value of a draft."""
    body = {"path": path, "value": value, "seen": seen or draft["version"]}
    return lead.send("PATCH", f"/handbook/drafts/{draft['id']}", body)


def test_a_draft_is_changed_proposed_and_published_by_two_people(cast: Cast) -> None:
    lead, administrator = caller(cast, "lea"), caller(cast, "max")
    draft = said(changed(lead, drafted(lead), GATE, 6))
    told = said(lead.get(f"/handbook/drafts/{draft['id']}/differences"))
    assert [(one["path"], one["old"], one["new"]) for one in told] == [(GATE, "3", "6")]
    body = {"note": "Misses are too rare to see.", "seen": draft["version"]}
    proposal = said(lead.post(f"/handbook/drafts/{draft['id']}/proposal", body))
    seen = {"seen": proposal["version"]}
    own = lead.post(f"/handbook/drafts/{draft['id']}/publication", seen)
    assert (own.status_code, said(own)["code"]) == (403, "handbook.second_person")
    published = said(administrator.post(f"/handbook/drafts/{draft['id']}/publication", seen))
    assert (published["number"], published["state"]) == (2, "published")
    assert said(administrator.get("/handbook/current"))["rules"]["escalation"]["gate"]["pass_through_percent"] == 6
    assert said(administrator.get("/handbook/editions/1"))["rules"]["escalation"]["gate"]["pass_through_percent"] == 3


def test_lengths_lists_and_new_entries_are_values_too(cast: Cast) -> None:
    lead = caller(cast, "lea")
    draft = drafted(lead)
    values: list[tuple[str, Any]] = [
        ("escalation.gate.decide_within", {"amount": 2, "unit": "business_days"}),
        ("clocks.kinds[resolution].warn_at_percent", [40, 90]),
        ("reasons.hold[weather]", {"code": "weather", "name": "Storm", "help": None}),
        ("reasons.hold[legal]", None),
    ]
    for path, value in values:
        answer = changed(lead, draft, path, value)
        assert answer.status_code == 200, said(answer)
        draft = said(answer)
    rules = queries.open_draft().rules  # type: ignore[union-attr]
    assert rules.escalation.gate.decide_within.amount == 2
    assert rules.reasons.hold_reason("weather") is not None
    assert rules.reasons.hold_reason("legal") is None


def test_every_mistake_is_named_by_its_path(cast: Cast) -> None:
    lead = caller(cast, "lea")
    draft = drafted(lead)
    text = write_toml(cast.edition.rules).replace('calendar = "london"', 'calendar = "paris"')
    answer = lead.send("PUT", f"/handbook/drafts/{draft['id']}", {"text": text, "seen": draft["version"]})
    assert answer.status_code == 422
    assert said(answer)["fields"]["clocks.calendar"] == ["There is no calendar “paris”."]
    wrong = changed(lead, draft, "regimes[eu_data].applies_when", "case.family == 'privcy'")
    assert "can be" in said(wrong)["fields"]["regimes[eu_data].applies_when"][0]


def test_a_stale_change_is_stopped(cast: Cast) -> None:
    lead = caller(cast, "lea")
    draft = drafted(lead)
    newer = said(changed(lead, draft, GATE, 6))
    answer = changed(lead, draft, GATE, 7)
    assert (answer.status_code, said(answer)["current"]) == (409, newer["version"])


def test_the_facts_for_conditions_are_documented(cast: Cast) -> None:
    found = said(caller(cast, "ana").get("/handbook/facts"))
    assert [one["name"] for one in found] == [fact.name for fact in FACTS]


def test_who_may_only_read_changes_nothing(cast: Cast) -> None:
    draft = drafted(caller(cast, "lea"))
    agent = caller(cast, "ada")
    assert changed(agent, draft, GATE, 6).status_code == 403
    assert agent.post("/handbook/draft").status_code == 403
    moves = said(agent.get(f"/handbook/drafts/{draft['id']}/moves"))
    assert {move["refusal"] for move in moves} == {"permission.missing"}
    no_reader = caller(cast, "lea", {"case:read"})
    for path in ("draft", "current", "editions", "editions/1", "facts", f"drafts/{draft['id']}/consequences"):
        assert no_reader.get(f"/handbook/{path}").status_code == 403, path
