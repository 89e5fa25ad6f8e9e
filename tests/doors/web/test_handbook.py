"""The handbook through the HTML door: read, drafted, changed, proposed, published by somebody else."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser

from recourse.clocks import actions as clocks
from recourse.handbook import actions, queries
from recourse.handbook.models import Edition
from recourse.handbook.policy.outline import section_keys
from recourse.handbook.policy.writing import write_toml
from recourse.kit.time import now
from tests.cast import AT, SYSTEM, Cast, make_cast
from tests.doors.web.browser import LIGHTS, Light, context_in, overflow, sign_in, violations, visit

PATH = "escalation.gate.pass_through_percent"


def client_of(cast: Cast, nick: str) -> Client:
    """Return a signed-in client."""
    client = Client()
    client.force_login(cast.staff[nick], backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def drafted(cast: Cast, value: int = 7) -> Edition:
    """Return the lead's draft with one change."""
    draft = actions.start_draft(by=cast.by("lea"), at=AT)
    return actions.set_value(draft.pk, path=PATH, value=value, seen=draft.version, by=cast.by("lea"), at=AT)


def proposed(cast: Cast) -> Edition:
    """Return the lead's proposal."""
    draft = drafted(cast)
    return actions.propose(draft.pk, note="Why it changes", seen=draft.version, by=cast.by("lea"), at=AT)


@pytest.mark.parametrize("section", section_keys())
def test_everybody_at_the_desk_reads_what_holds(cast: Cast, section: str) -> None:
    answer = client_of(cast, "ada").get("/handbook/", {"section": section})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Edition 1 holds now." in page
    assert "Begin a draft" not in page


ABSENT = (
    "?section=nothing", "editions/9/", "draft/", "editions/99999999999999999999/", "editions/1/?beside=x",
    "draft/value/?path=x",
)  # fmt: skip


@pytest.mark.parametrize("address", ABSENT)
def test_what_is_not_there_is_not_found(cast: Cast, address: str) -> None:
    assert client_of(cast, "lea").get(f"/handbook/{address}").status_code == 404


def test_a_stranger_is_asked_to_sign_in(cast: Cast) -> None:
    assert Client().get("/handbook/")["Location"].startswith("/accounts/login/")


def test_without_the_right_the_draft_can_be_read_and_not_changed(cast: Cast) -> None:
    draft = drafted(cast)
    client = client_of(cast, "ada")
    page = client.get("/handbook/draft/?section=escalation").content.decode()
    assert "handbook-edit" not in page
    for address in ("begin", "text", "value", "removal", "holidays", "proposal", "return", "publication", "end"):
        assert client.post(f"/handbook/draft/{address}/", {"seen": draft.version}).status_code == 403
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_draft_goes_into_force_through_two_people(cast: Cast) -> None:
    lead, administrator = client_of(cast, "lea"), client_of(cast, "max")
    assert lead.post("/handbook/draft/begin/").status_code == 303
    seen = queries.open_draft().version  # type: ignore[union-attr]
    changed = lead.post("/handbook/draft/value/", {"path": PATH, "value": "5", "seen": seen})
    assert changed["Location"] == "/handbook/draft/?section=escalation"
    page = lead.get("/handbook/draft/").content.decode()
    assert "refusals let through to measure misses, percent" in page
    draft = queries.open_draft()
    assert draft is not None
    assert lead.post("/handbook/draft/proposal/", {"note": "More to learn", "seen": draft.version}).status_code == 303
    draft.refresh_from_db()
    own = lead.post("/handbook/draft/publication/", {"seen": draft.version})
    assert own.status_code == 403
    assert "somebody else must publish it" in own.content.decode()
    answer = administrator.post("/handbook/draft/publication/", {"seen": draft.version})
    assert answer["Location"] == "/handbook/editions/2/"
    side = administrator.get("/handbook/editions/2/?beside=1&section=escalation").content.decode()
    assert "More to learn" in side
    assert "<del>" in side
    assert "Edition 2" in administrator.get("/handbook/history/").content.decode()


def test_the_author_sees_why_publishing_is_off(cast: Cast) -> None:
    proposed(cast)
    page = client_of(cast, "lea").get("/handbook/draft/").content.decode()
    assert "You worked on this edition; somebody else must publish it." in page


@pytest.mark.parametrize(
    ("path", "posted", "says"),
    [
        (PATH, {"value": "50"}, "Input should be less than or equal to 10"),
        (PATH, {"value": "５"}, "Input should be a valid integer"),
        (
            "clocks.statutory[acknowledgement].applies_when",
            {"value": "case.severty == 'x'"},
            "Did you mean case.severity?",
        ),
        ("escalation.tiers[tier_1].name", {"value": "a\u202eb"}, "cannot be stored or shown"),
        ("escalation.gate.decide_within", {"value": "", "unit": "weeks"}, "escalation.gate.decide_within"),
    ],
)
def test_a_wrong_value_comes_back_as_it_was_typed(cast: Cast, path: str, posted: dict[str, str], says: str) -> None:
    draft = drafted(cast)
    answer = client_of(cast, "lea").post("/handbook/draft/value/", {"path": path, "seen": draft.version, **posted})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert says in page
    assert posted["value"].replace("'", "&#x27;") in page


def test_a_stale_change_keeps_both(cast: Cast) -> None:
    draft = drafted(cast)
    client = client_of(cast, "lea")
    answer = client.post("/handbook/draft/value/", {"path": PATH, "value": "9", "seen": draft.version - 1})
    assert answer.status_code == 409
    assert 'value="9"' in answer.content.decode()
    text = write_toml(draft.rules).replace("bounce_limit = 2", "bounce_limit = 4")
    answer = client.post("/handbook/draft/text/", {"text": text, "seen": draft.version - 1})
    assert answer.status_code == 409
    assert "bounce_limit = 4" in answer.content.decode()


def test_the_whole_is_edited_as_text_and_kept_when_it_is_right(cast: Cast) -> None:
    draft = drafted(cast)
    client = client_of(cast, "lea")
    wrong = client.post("/handbook/draft/text/", {"text": "currency = ", "seen": draft.version})
    assert wrong.status_code == 422
    assert "This is not TOML" in wrong.content.decode()
    text = write_toml(draft.rules).replace("bounce_limit = 2", "bounce_limit = 4").replace("\n", "\r\n")
    assert client.post("/handbook/draft/text/", {"text": text, "seen": draft.version}).status_code == 303
    draft.refresh_from_db()
    assert draft.rules.escalation.bounce_limit == 4


def test_an_entry_is_taken_out_and_holidays_are_taken_in(cast: Cast) -> None:
    draft = drafted(cast)
    client = client_of(cast, "lea")
    assert (
        client.post("/handbook/draft/removal/", {"path": "reasons.hold[legal]", "seen": draft.version}).status_code
        == 303
    )
    draft.refresh_from_db()
    assert draft.rules.reasons.hold_reason("legal") is None
    posted = {"calendar": "london", "country": "de", "from_year": "2026", "to_year": "2027", "seen": draft.version}
    assert client.post("/handbook/draft/holidays/", {**posted, "country": "xx"}).status_code == 422
    assert client.post("/handbook/draft/holidays/", {**posted, "to_year": "9999"}).status_code == 422
    assert client.post("/handbook/draft/holidays/", posted).status_code == 303
    draft.refresh_from_db()
    assert draft.rules.calendar("london").source.endswith("DE, 2026 to 2027")


def test_publication_may_be_set_for_later_and_not_for_nonsense(cast: Cast) -> None:
    edition = proposed(cast)
    client = client_of(cast, "max")
    for typed in ("tomorrow", "2026-13-01T10:00", "0001-01-01T00:00"):
        answer = client.post("/handbook/draft/publication/", {"seen": edition.version, "effective_at": typed})
        assert answer.status_code == 422, typed
    answer = client.post("/handbook/draft/publication/", {"seen": edition.version, "effective_at": "2999-01-01T10:00"})
    assert answer.status_code == 303
    assert "takes effect" in client.get("/handbook/").content.decode()


def test_before_publication_the_cases_that_would_come_out_differently_are_named(cast: Cast) -> None:
    case = cast.open(at=now())
    hidden = cast.open("Nobody may know", at=now(), queue=cast.queue("privacy"), by="system")
    clocks.start_for_cases([case, hidden], by=SYSTEM, at=now())
    draft = actions.start_draft(by=cast.by("max"), at=AT)
    client = client_of(cast, "max")
    unchanged = client.get("/handbook/draft/consequences/").content.decode()
    assert case.ref not in unchanged
    path, value = "clocks.allowances[front_line,medium].first_response", {"amount": 61, "unit": "minutes"}
    actions.set_value(draft.pk, path=path, value=value, seen=draft.version, by=cast.by("max"), at=AT)
    page = client_of(cast, "ada").get("/handbook/draft/consequences/").content.decode()
    assert case.ref in page
    assert "<td>first response</td>" in page
    assert hidden.ref not in page


def test_pages_of_the_handbook_ask_few_questions(cast: Cast, django_assert_max_num_queries: Any) -> None:
    proposed(cast)
    client = client_of(cast, "lea")
    client.get("/handbook/")
    for address in ("/handbook/", "/handbook/editions/1/", "/handbook/draft/", "/handbook/history/"):
        with django_assert_max_num_queries(20):
            assert client.get(address).status_code == 200


PAGES = (
    "?section=clocks", "history/", "facts/", "editions/1/", "draft/?section=escalation", "draft/text/",
    "draft/consequences/", "draft/holidays/", f"draft/value/?path={PATH}",
    "draft/value/?path=escalation.gate.decide_within",
)  # fmt: skip
WIDEST = ("?section=clocks", "draft/?section=escalation", "draft/text/")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("light", LIGHTS, ids=str)
def test_every_page_is_accessible_in_every_light(browser: Browser, live_server: Any, light: Light) -> None:
    cast = make_cast()
    drafted(cast)
    context = context_in(browser, light, site=live_server.url)
    sign_in(context, cast.staff["lea"], site=live_server.url)
    wrong: dict[str, list[str]] = {}
    for page in PAGES if light == LIGHTS[0] else WIDEST:
        seen = visit(context, f"{live_server.url}/handbook/{page}", light=light)
        found = [*violations(seen.page), *seen.complaints]
        if wider := overflow(seen.page):
            found.append(f"{wider} px wider than the window")
        if found:
            wrong[page] = found
        seen.page.close()
    context.close()
    assert wrong == {}


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_lead_changes_and_proposes_and_an_administrator_publishes(
    browser: Browser, live_server: Any, has_scripts: bool
) -> None:
    cast = make_cast()
    light = Light("work", has_scripts=has_scripts)
    lead = context_in(browser, light, site=live_server.url)
    sign_in(lead, cast.staff["lea"], site=live_server.url)
    page = visit(lead, f"{live_server.url}/handbook/", light=light).page
    page.get_by_role("button", name="Begin a draft").click()
    page.get_by_role("link", name="Escalation").click()
    page.get_by_role("row", name="refusals let through").get_by_role("link", name="Change:").click()
    page.get_by_label("refusals let through").fill("6")
    page.get_by_role("button", name="Keep in the draft").click()
    page.get_by_label("Why it changes").fill("Misses are too rare to see.")
    page.get_by_role("button", name="Propose").click()
    page.get_by_role("heading", name="Proposal").wait_for()
    lead.close()
    second = context_in(browser, light, site=live_server.url)
    sign_in(second, cast.staff["max"], site=live_server.url)
    page = visit(second, f"{live_server.url}/handbook/draft/", light=light).page
    page.get_by_role("button", name="Publish").click()
    if has_scripts:
        page.locator("#ask [data-ask-yes]").click()
    page.get_by_role("heading", name="Edition 2").wait_for()
    second.close()
    assert queries.edition_numbered(2).rules.escalation.gate.pass_through_percent == 6
