"""A real complaint from first contact through escalation to an answer, and again when the customer writes back.

Everything that a person does is done in a browser; the complaint is one of the public CFPB file.
"""

import datetime as dt
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from recourse.cases.models import Case
from recourse.clocks.actions import look
from recourse.clocks.models import Clock
from recourse.clocks.queries import verify_replay
from recourse.conversations.actions import issue_pass, release_due
from recourse.intake.actions import complaint_file, import_file
from recourse.kit.actor import system
from recourse.kit.time import now
from recourse.timeline.models import Entry
from recourse.timeline.queries import check_record
from tests.cast import Cast, make_cast
from tests.doors.web.browser import Light, context_in, sign_in

UNDO = dt.timedelta(seconds=11)
COMPLAINTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "cfpb" / "cfpb_2025_payday_131.csv"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.material,
    pytest.mark.skipif(not COMPLAINTS.exists(), reason="the real material is not beside the repository"),
]


class Desk:
    """The desk in a browser, opened by one person after another."""

    def __init__(self, browser: Browser, cast: Cast, site: str) -> None:
        self.browser, self.cast, self.site = browser, cast, site

    def as_(self, nick: str) -> Page:
        """Open the desk as one of the cast."""
        context = context_in(self.browser, Light("light"), site=self.site)
        sign_in(context, self.cast.staff[nick], site=self.site)
        return context.new_page()

    def as_customer(self) -> Page:
        """Open a window of somebody who is not signed in."""
        return context_in(self.browser, Light("light"), site=self.site).new_page()


@pytest.fixture
def desk(browser: Browser, live_server: object, transactional_db: None) -> Desk:
    """Make the company, with the public complaints imported."""
    cast = make_cast()
    import_file(complaint_file(), path=COMPLAINTS, by=system("import"), at=now())
    return Desk(browser, cast, str(live_server))


def test_a_complaint_goes_from_first_contact_through_escalation_to_an_answer_and_back(desk: Desk) -> None:
    case = Case.objects.filter(stage="new").order_by("number").first()
    assert case is not None, "the file holds complaints that nobody has answered"
    _front_line_reads_answers_and_escalates(desk, case)
    _the_gate_lets_it_in(desk, case)
    _the_resolver_answers_and_resolves(desk, case)
    _the_customer_writes_again(desk, case)
    _clocks_and_record_are_right(case)


def _front_line_reads_answers_and_escalates(desk: Desk, case: Case) -> None:
    page = desk.as_("ada")
    page.goto(f"{desk.site}/cases/{case.ref}/")
    expect(page.locator("h1")).to_contain_text(case.subject)
    page.get_by_role("button", name="Take").first.click()
    expect(page.locator(".case-facts")).to_contain_text("Ada Front")
    page.goto(f"{desk.site}/cases/{case.ref}/?write=note")
    page.locator("textarea#note").fill("The lender's own file shows the payment; see the second statement.")
    page.get_by_role("button", name="Keep note").click()
    expect(page.locator(".message.is-note")).to_contain_text("second statement")
    page.goto(f"{desk.site}/cases/{case.ref}/?write=reply")
    page.locator("textarea#reply").fill(
        "We have your complaint and are looking into it; you will hear from us on Friday."
    )
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator(".message.is-outbound")).to_contain_text("hear from us on Friday")
    page.goto(f"{desk.site}/cases/{case.ref}/escalate/")
    page.locator("#severity").select_option("high")
    expect(page.locator("#verdict")).to_contain_text("Choose at least one ground")
    page.locator("#ground-legal_exposure").check()
    page.locator("[name='legal_exposure.claim']").fill("The customer says that the regulator has been told of it.")
    expect(page.locator("#verdict")).to_contain_text("This qualifies", timeout=15_000)
    page.get_by_role("button", name="Send to the gate").click()
    expect(page.locator(".case-facts")).to_contain_text("requested")
    page.context.close()


def _the_gate_lets_it_in(desk: Desk, case: Case) -> None:
    page = desk.as_("gil")
    page.goto(f"{desk.site}/gate/")
    page.get_by_role("link", name=case.subject).first.click()
    expect(page.locator("#grounds")).to_contain_text("Legal exposure")
    page.get_by_role("button", name="Accept").click()
    page.wait_for_url("**/gate/")
    page.context.close()
    case.refresh_from_db()
    assert case.team.kind == "advanced"


def _the_resolver_answers_and_resolves(desk: Desk, case: Case) -> None:
    page = desk.as_("rosa" if case.team.slug == "resolution-1" else "rik")
    page.goto(f"{desk.site}/cases/{case.ref}/")
    page.get_by_role("button", name="Take").first.click()
    page.locator("textarea#reply").fill("We have put the account right and return what was taken. You need do nothing.")
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator(".message.is-outbound").last).to_contain_text("put the account right")
    page.wait_for_timeout(UNDO.total_seconds() * 1000)
    release_due(at=now())
    page.goto(f"{desk.site}/cases/{case.ref}/do/resolve/")
    page.locator("[name=reason]").select_option("solved")
    page.get_by_role("button", name="Resolve", exact=True).click()
    expect(page.locator(".case-facts")).to_contain_text("resolved")
    page.context.close()


def _the_customer_writes_again(desk: Desk, case: Case) -> None:
    issued = issue_pass(case_ref=case.ref, by=desk.cast.by("lea"), at=now())
    page = desk.as_customer()
    page.goto(f"{desk.site}/my/{issued.token}/")
    expect(page.locator("main")).to_contain_text("put the account right")
    expect(page.locator("main")).not_to_contain_text("second statement")
    expect(page.locator("main")).not_to_contain_text("Resolver")
    page.locator("textarea").first.fill("The money has not come back. Please look again.")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("Please look again")
    page.context.close()
    case.refresh_from_db()
    assert case.stage == "working"
    assert case.reopened_times == 1


def _clocks_and_record_are_right(case: Case) -> None:
    look(at=now())
    case.refresh_from_db()
    assert verify_replay(case, at=now()) == []
    first = Clock.objects.get(case=case, kind="first_response", epoch=1)
    assert first.state in {"met", "late"}
    told = list(Entry.objects.filter(thread=case.thread).order_by("number").values_list("event", flat=True))
    steps = ["case.opened", "message.noted", "message.queued", "escalation.requested", "escalation.accepted",
             "case.resolved", "message.received", "case.reopened"]  # fmt: skip
    places = [told.index(step) for step in steps if step != "message.received"]
    assert places == sorted(places)
    assert told.count("message.received") >= 2
    assert check_record(at=now(), key=None).is_whole
