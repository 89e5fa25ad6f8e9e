"""Today, Escalate, Gate and Team: what they show, what they do without scripts, in how many questions."""

import datetime as dt
from typing import Any

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from recourse.cases.models import Case
from recourse.clocks.actions import make_promise, start_for_case
from recourse.escalations import actions
from recourse.escalations.models import Escalation, Notice
from recourse.kit.time import now
from tests.cast import SYSTEM, Cast, make_cast
from tests.doors.web.browser import LIGHTS, Light, context_in, overflow, sign_in, violations, visit
from tests.doors.web.signing import client_of
from tests.rooms.escalations.conftest import LOSS, NOTE, request

HOUR = dt.timedelta(hours=1)
FORM = {
    "severity": "high", "impact": "one", "ground": "financial_impact", "financial_impact.loss": "800.50",
    "financial_impact.loss.currency": "GBP", "financial_impact.reckoning": "Four charges for one order",
}  # fmt: skip


@pytest.fixture
def no_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no refusal through by chance."""
    monkeypatch.setattr("recourse.escalations.actions.deciding.random_share", lambda: 0.999)


def worked(cast: Cast, subject: str = "Charged four times", nick: str = "ada") -> Case:
    """A case of the front line with its clocks, owned by somebody."""
    at = now() - HOUR
    case = cast.open(subject, at=at)
    start_for_case(case, by=SYSTEM, at=at)
    staff = cast.staff[nick]
    Case.objects.filter(pk=case.pk).update(owner=staff, contact_owner=staff, stage="working")
    case.refresh_from_db()
    return case


def escalated(cast: Cast, subject: str = "Charged four times") -> Escalation:
    case = worked(cast, subject)
    return actions.request(case.ref, request(LOSS), by=cast.by("ada"), at=now())


def test_the_form_says_what_would_come_of_it_and_sends_nothing(cast: Cast) -> None:
    case = worked(cast)
    client = client_of(cast.staff["ada"])
    assert "Choose at least one ground" in client.get(f"/cases/{case.ref}/escalate/").content.decode()
    body = client.post(f"/cases/{case.ref}/escalate/", {**FORM, "act": "check"}).content.decode()
    assert "This qualifies for Specialist resolution, worked by Resolution 2." in body
    part = client.post(f"/cases/{case.ref}/escalate/verdict/", {**FORM, "financial_impact.loss": "1.00"})
    assert "no ground is met" in part.content.decode()
    assert not Escalation.objects.exists()


def test_what_is_missing_is_named_and_nothing_typed_is_lost(cast: Cast) -> None:
    case = worked(cast)
    sent = {**FORM, "financial_impact.reckoning": "short", "act": "send"}
    answer = client_of(cast.staff["ada"]).post(f"/cases/{case.ref}/escalate/", sent)
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "needs at least 20 characters" in body
    assert "800.50" in body
    assert ">short<" in body


def test_sending_goes_to_the_gate_in_minor_units(cast: Cast) -> None:
    case = worked(cast)
    answer = client_of(cast.staff["ada"]).post(
        f"/cases/{case.ref}/escalate/", {**FORM, "act": "send", "seen": case.version}
    )
    assert answer.status_code == 303
    found = Escalation.objects.get()
    assert found.grounds.get().evidence["loss"] == {"currency": "GBP", "minor": 80_050}
    assert answer["Location"] == f"/cases/{case.ref}/escalations/1/"
    assert client_of(cast.staff["ada"]).get(answer["Location"]).status_code == 200


@pytest.mark.usefixtures("no_chance")
def test_the_gate_accepts_returns_and_redirects_without_scripts(cast: Cast) -> None:
    gil = client_of(cast.staff["gil"])
    found = [escalated(cast, f"Number {number}") for number in range(3)]
    assert all(one.case.ref in gil.get("/gate/").content.decode() for one in found)
    posts: list[tuple[str, dict[str, str], str]] = [
        ("accept", {}, "accepted"),
        ("return", {"reason": "no_ground", "note": NOTE}, "returned"),
        ("redirect", {"team_slug": "legal", "reason": "wrong_team", "note": NOTE}, "redirected"),
    ]
    for one, (name, sent, state) in zip(found, posts, strict=True):
        address = f"/cases/{one.case.ref}/escalations/1/"
        assert f"{address}{name}/" in gil.get(address).content.decode()
        assert gil.post(f"{address}{name}/", {**sent, "seen": one.version}).status_code == 303
        one.refresh_from_db()
        assert one.state == state


def test_the_page_of_an_escalation_offers_every_act_to_whom_it_is_open(cast: Cast) -> None:
    found = escalated(cast)
    address = f"/cases/{found.case.ref}/escalations/1/"
    shown = {nick: client_of(cast.staff[nick]).get(address).content.decode() for nick in ("ada", "gil", "rosa", "ben")}
    assert f"{address}withdraw/" in shown["ada"]
    assert f"{address}accept/" not in shown["ada"]
    assert f"{address}override_tier/" in shown["gil"]
    assert "/accept/" not in shown["ben"] + shown["rosa"]
    actions.accept(found.case.ref, 1, by=cast.by("gil"), at=now())
    assert f"{address}hand_back/" in client_of(cast.staff["rosa"]).get(address).content.decode()
    rosa = client_of(cast.staff["rosa"])
    sent = {"reason": "work_done", "note": NOTE, "was_needed": "yes", "owner_id": str(cast.staff["ben"].pk)}
    assert rosa.post(f"{address}hand_back/", sent).status_code == 303
    assert client_of(cast.staff["ben"]).post(f"{address}take_back/").status_code == 303
    found.refresh_from_db()
    assert (found.state, found.was_needed) == ("handed_back", True)


def test_a_decision_on_stale_sight_says_so(cast: Cast) -> None:
    found = escalated(cast)
    answer = client_of(cast.staff["gil"]).post(
        f"/cases/{found.case.ref}/escalations/1/accept/", {"seen": str(found.version + 3)}
    )
    assert answer.status_code == 409
    found.refresh_from_db()
    assert found.state == "requested"


@pytest.mark.usefixtures("no_chance")
def test_today_is_one_list_with_the_coaching_note_and_reading_takes_it_away(cast: Cast) -> None:
    found = escalated(cast)
    make_promise(found.case.ref, what="A call by noon", due_at=now() + HOUR, by=cast.by("ada"), at=now())
    assert found.case.ref in client_of(cast.staff["gil"]).get("/today/").content.decode()
    actions.return_(found.case.ref, 1, reason="no_ground", note=NOTE, by=cast.by("gil"), at=now())
    ada = client_of(cast.staff["ada"])
    body = ada.get("/today/").content.decode()
    for said in (NOTE, "Your request came back: No ground is met.", "A call by noon", "promised by you", "Why here"):
        assert said in body, said
    notice = Notice.objects.get(staff=cast.staff["ada"])
    assert ada.post(f"/today/news/{notice.pk}/").status_code == 303
    assert NOTE not in ada.get("/today/").content.decode()
    assert 'id="todo"' in ada.get("/today/list/").content.decode()


def test_get_next_opens_the_case_and_says_why_or_why_not(cast: Cast) -> None:
    client = client_of(cast.staff["ada"])
    answer = client.post("/today/next/")
    assert answer.status_code == 409
    assert "Nothing waits that you could take" in answer.content.decode()
    case = cast.open("Waiting for somebody", at=now())
    start_for_case(case, by=SYSTEM, at=now())
    answer = client.post("/today/next/")
    assert (answer.status_code, answer["Location"]) == (303, f"/cases/{case.ref}/")
    assert "This one next: Medium severity" in client.get(answer["Location"]).content.decode()


def test_the_lead_sees_the_worst_first_and_who_carries_what(cast: Cast) -> None:
    case = worked(cast)
    body = client_of(cast.staff["lea"]).get("/team/").content.decode()
    for said in (case.ref, "Ada Front", "Care"):
        assert said in body
    assert client_of(cast.staff["ada"]).get("/team/").status_code == 403
    assert client_of(cast.staff["lea"]).get("/team/?days=1000").status_code == 422


@pytest.mark.parametrize(
    ("nick", "address", "most"), [("lea", "/today/", 18), ("gil", "/gate/", 16), ("lea", "/team/", 26)]
)
def test_the_questions_do_not_grow_with_what_is_shown(
    cast: Cast, nick: str, address: str, most: int, django_assert_max_num_queries: Any
) -> None:
    client = client_of(cast.staff[nick])
    counts = []
    for number in range(2):
        for index in range(1 + 6 * number):
            escalated(cast, f"Number {number} {index}")
        client.get(address)
        with django_assert_max_num_queries(most) as asked:
            assert client.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.fixture
def desk(transactional_db: None) -> tuple[Cast, Escalation]:
    """The company with one request at the gate and one case that waits for somebody."""
    cast = make_cast()
    found = escalated(cast)
    case = cast.open("Nobody has this yet", at=now() - HOUR)
    start_for_case(case, by=SYSTEM, at=now() - HOUR)
    return cast, found


@pytest.mark.browser
@pytest.mark.parametrize("light", LIGHTS, ids=str)
def test_the_screens_look_right_in_every_light(
    live_server: LiveServer, browser: Browser, desk: tuple[Cast, Escalation], light: Light
) -> None:
    cast, found = desk
    pages = {
        "lea": ["/today/", "/team/", f"/cases/{found.case.ref}/escalations/1/"],
        "gil": ["/gate/"],
        "ada": [f"/cases/{worked(cast).ref}/escalate/"],
    }
    for nick, addresses in pages.items():
        context = context_in(browser, light, site=live_server.url)
        sign_in(context, cast.staff[nick], site=live_server.url)
        for address in addresses:
            seen = visit(context, f"{live_server.url}{address}", light=light)
            assert violations(seen.page) == [], address
            assert overflow(seen.page) == 0, address
            assert seen.complaints == [], address
        context.close()


@pytest.mark.browser
def test_the_gate_is_worked_by_keyboard(
    live_server: LiveServer, browser: Browser, desk: tuple[Cast, Escalation]
) -> None:
    cast, found = desk
    context = context_in(browser, LIGHTS[0], site=live_server.url)
    sign_in(context, cast.staff["gil"], site=live_server.url)
    page = visit(context, f"{live_server.url}/gate/").page
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/escalations/1/")
    page.keyboard.press("a")
    page.wait_for_url("**/gate/")
    found.refresh_from_db()
    assert found.state == "accepted"
    context.close()


@pytest.mark.browser
def test_the_verdict_follows_what_is_typed_and_the_page_works_without_scripts(
    live_server: LiveServer, browser: Browser, desk: tuple[Cast, Escalation]
) -> None:
    cast, _found = desk
    case = worked(cast)
    context = context_in(browser, LIGHTS[0], site=live_server.url)
    sign_in(context, cast.staff["ada"], site=live_server.url)
    page = visit(context, f"{live_server.url}/cases/{case.ref}/escalate/").page
    page.check("#ground-special_skill")
    page.fill("[id='special_skill.skill']", "Customs law")
    page.fill("[id='special_skill.tried']", "The article on customs, and a call to the carrier")
    page.wait_for_selector("#verdict :text('This qualifies for Advanced resolution')")
    context.close()
    plain = Light("without scripts", has_scripts=False)
    context = context_in(browser, plain, site=live_server.url)
    sign_in(context, cast.staff["ada"], site=live_server.url)
    page = visit(context, f"{live_server.url}/cases/{case.ref}/escalate/", light=plain).page
    page.check("#ground-special_skill")
    page.click("button:has-text('Check it')")
    assert "is needed for this ground" in page.content()
    context.close()
