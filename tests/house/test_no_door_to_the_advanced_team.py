"""No address, form, page or API for customers reaches the advanced team: every route is tried without signing in.

Each is asked with what would route a case there if anything did (team, queue, tier, escalation, severity, owner), in
the address, in the form, as JSON, in headers; as a stranger and as the holder of a customer's link. Afterwards no
case stands where it was not put by the gate, and no answer has named the team, its queue, its people or its address.
"""

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from recourse.api.v1 import api
from recourse.cases.models import Case
from recourse.clocks.actions import start_for_case
from recourse.conversations.actions import customer_writes, issue_pass
from recourse.escalations import actions as escalations
from recourse.escalations.models import Escalation
from recourse.kit.actor import customer
from recourse.kit.errors import RecourseError
from recourse.kit.time import now
from recourse.people.policy import TeamKind
from recourse.web.screens.contact import began
from tests.cast import SYSTEM, Cast, make_cast
from tests.rooms.escalations.conftest import LOSS, request

PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")
AIMED = {
    "team": "resolution-1", "team_slug": "resolution-1", "queue": "resolution-1", "queue_slug": "resolution-1",
    "tier": "tier_3", "escalate": "1", "escalation": "1", "is_escalated": "true", "severity": "critical",
    "impact": "company", "priority": "urgent", "owner": "rosa@desk.example", "owner_id": "rosa", "act": "send",
    "ground": "legal_exposure", "grounds": "legal_exposure", "to": "resolution-1@desk.example", "skill": "legal",
    "case[team]": "resolution-1", "case.team": "resolution-1", "by": "staff:rosa", "permissions": "escalation:request",
    "channel": "email", "source": "gate", "is_restricted": "true", "department": "legal", "next": "/gate/",
}  # fmt: skip
WRITTEN = {
    "email": "jane.doe@example.com", "name": "Jane Doe", "subject": "For the resolution team, escalate this now",
    "words": "Please send this to resolution-1@desk.example, tier 3, today.", "text": "Escalate to resolution-1!",
    "order_refs": "#W1", "remedy_sought": "the advanced team",
}  # fmt: skip
HEADERS = {"X-Team": "resolution-1", "X-Queue": "resolution-1", "X-Escalate": "1", "X-Forwarded-User": "rosa"}


@dataclass(frozen=True)
class World:
    """The company with one case of the front line and one that the gate let in, and both customers' links."""

    cast: Cast
    plain: Case
    escalated: Case
    tokens: dict[str, str]


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    """Make both cases through the product's own verbs."""
    settings.DATA_DIR = tmp_path
    cache.clear()
    cast, at = make_cast(), now()
    cases = []
    for subject, whose in (("The lamp", cast.jane), ("The other lamp", cast.omar)):
        case = cast.open(subject, at=at - dt.timedelta(hours=1), customer=whose)
        start_for_case(case, by=SYSTEM, at=at)
        Case.objects.filter(pk=case.pk).update(
            owner=cast.staff["ada"], contact_owner=cast.staff["ada"], stage="working"
        )
        cases.append(case)
    found = escalations.request(cases[1].ref, request(LOSS), by=cast.by("ada"), at=at)
    escalations.accept(cases[1].ref, found.number, by=cast.by("gil"), at=at)
    tokens = {case.ref: issue_pass(case_ref=case.ref, by=SYSTEM, at=at).token for case in cases}
    for case in cases:
        case.refresh_from_db()
    return World(cast, cases[0], cases[1], tokens)


def walk(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name and the route of every address that there is."""
    for found in resolver.url_patterns:
        route = prefix + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from walk(found, route)
        elif isinstance(found, URLPattern):
            yield found.name or route, route


def filled(route: str, world: World, case: Case) -> str:
    """Return an address with a place for everything in it: the customer's own link and case where they fit."""

    def place(found: re.Match[str]) -> str:
        kind, name = found[1] or "str", found[2]
        if name == "token":
            return world.tokens[case.ref]
        if name == "ref":
            return case.ref
        return {"uuid": str(uuid4()), "int": "1", "slug": "resolution-1"}.get(kind, "resolution-1")

    return "/" + PLACE.sub(place, route).removeprefix("^").removesuffix("$")


def needles(world: World, name: str) -> list[str]:
    """Return what no customer may read: names and addresses of the advanced teams and their people, names of tiers.

    The description of the API lists the words that tiers are stored by; it names no team, no person, no address.
    """
    advanced = [team for team in world.cast.teams.values() if team.kind == TeamKind.ADVANCED]
    people = [world.cast.staff[nick] for nick in ("rosa", "rik", "pia")]
    shown = [team.name for team in advanced] + [person.name for person in people] + [p.email for p in people]
    tiers = [] if name == "openapi-json" else ["tier_1", "tier_2", "tier_3"]
    return [*shown, *tiers, "Advanced resolution", "Specialist resolution", "@desk.example"]


def asked(client: Client, address: str, **extra: Any) -> list[HttpResponse]:
    """Ask an address in every way in which somebody could aim at a team."""
    form = {**WRITTEN, **AIMED, "began": began(now() - dt.timedelta(seconds=30)), **extra}
    upload = SimpleUploadedFile("resolution-1.txt", b"escalate")
    return [
        client.get(address, AIMED, headers=HEADERS),
        client.post(address, form, headers=HEADERS),
        client.post(address, {**form, "files": upload}, headers=HEADERS),
        client.post(f"{address}?team=resolution-1&queue=resolution-1&tier=tier_3", form),
        client.post(address, json.dumps(form), content_type="application/json", headers=HEADERS),
        client.put(address, json.dumps(form), content_type="application/json"),
        client.patch(address, json.dumps(form), content_type="application/json"),
    ]


def check(world: World) -> None:
    """Find every case where the desk put it, and no escalation that nobody of the desk asked for."""
    advanced = Case.objects.filter(team__kind=TeamKind.ADVANCED) | Case.objects.exclude(tier="front_line")
    assert list(advanced.values_list("pk", flat=True)) == [world.escalated.pk]
    assert Escalation.objects.count() == 1
    for case in Case.objects.exclude(pk=world.escalated.pk):
        assert (case.team.slug, case.queue.slug, case.tier) == ("care", "care", "front_line")
        assert case.severity == "medium"
        assert case.owner_id in (None, world.cast.staff["ada"].pk)


EVERY = sorted(set(walk(get_resolver())))
ROUTES = [(name, route) for name, route in EVERY if not route.startswith("api/") or "json" in name]


def test_there_are_routes_to_try() -> None:
    names = {name for name, _route in EVERY}
    assert {"contact", "my-case", "my-case-write", "home"} <= names
    assert len(EVERY) > 300


@pytest.mark.parametrize("is_holder", [False, True], ids=["a stranger", "the holder of a customer's link"])
def test_no_route_without_sign_in_puts_a_case_before_the_advanced_team(world: World, is_holder: bool) -> None:
    client, open_to_all, read = Client(), set(), []
    if is_holder:
        client.get(f"/my/{world.tokens[world.plain.ref]}/")
    for name, route in ROUTES:
        for case in (world.plain, world.escalated):
            for answer in asked(client, filled(route, world, case)):
                assert answer.status_code < 500, (name, answer.status_code)
                if answer.status_code == 200 and not answer.streaming:
                    open_to_all.add(name)
                    read.append((name, answer.content.decode("utf8", "replace")))
        cache.clear()
    check(world)
    assert {"contact", "my-case"} <= open_to_all
    said = [(name, needle) for name, body in read for needle in needles(world, name) if needle in body]
    assert not said, sorted(set(said))


def test_the_form_opens_a_case_of_the_front_line_whatever_is_sent_with_it(world: World) -> None:
    before = Case.objects.count()
    client = Client()
    for number in range(3):
        sent = {**WRITTEN, **AIMED, "email": f"new{number}@example.com", "subject": f"Number {number}",
                "began": began(now() - dt.timedelta(seconds=30))}  # fmt: skip
        cache.clear()
        assert client.post("/contact/", sent, headers=HEADERS).status_code == 303
    assert Case.objects.count() == before + 3
    check(world)


def test_no_operation_of_the_api_answers_without_a_key(world: World) -> None:
    client = Client()
    for path, operations in api.get_openapi_schema()["paths"].items():
        address = re.sub(r"{(\w+)}", lambda found: world.plain.ref if found[1] == "ref" else str(uuid4()), path)
        for method in set(operations) & {"get", "post", "put", "patch", "delete"}:
            for headers in ({}, {"Authorization": "Bearer rk_0000000000_nothing"}, {"X-API-Key": "nothing"}):
                answer = client.generic(
                    method.upper(), address, json.dumps({**WRITTEN, **AIMED}), "application/json", headers=headers
                )
                assert answer.status_code in (401, 403, 404, 405, 429), (method, path, answer.status_code)
    check(world)


def test_a_customers_own_words_never_move_the_case(world: World) -> None:
    for case in (world.plain, world.escalated):
        by = customer(case.customer_id, case_id=case.pk)  # type: ignore[arg-type]
        for text in ("Escalate!", "To: resolution-1@desk.example", "/escalate tier_3", "queue:resolution-1"):
            customer_writes(case_ref=case.ref, text=text, channel="web", by=by, at=now())
    check(world)
    world.escalated.refresh_from_db()
    assert world.escalated.contact_owner == world.cast.staff["ada"]


@pytest.mark.parametrize("name", ["request", "accept", "return_", "redirect", "override_tier", "take_back", "finish"])
def test_no_verb_of_escalation_listens_to_a_customer(world: World, name: str) -> None:
    given: dict[str, dict[str, Any]] = {
        "request": {"asked": request(LOSS)},
        "accept": {"number": 1},
        "return_": {"number": 1, "reason": "no_ground", "note": "x" * 30},
        "redirect": {"number": 1, "team_slug": "care", "reason": "no_ground", "note": "x" * 30},
        "override_tier": {"number": 1, "tier": "tier_3", "reason": "vulnerable"},
        "take_back": {"number": 1},
        "finish": {"number": 1, "was_needed": True, "note": "x" * 30},
    }
    case = world.plain if name == "request" else world.escalated
    by = customer(case.customer_id, case_id=case.pk)  # type: ignore[arg-type]
    with pytest.raises(RecourseError):
        getattr(escalations, name)(case.ref, **given[name], by=by, at=now())
    check(world)
