"""Two stories of the imported retailer in a browser: a lamp that came broken, and a return that its customer bargains about.

Whatever a person does is done on a screen: the resolver composes and offers, the customer answers on their own page, two
people of finance pay by hand.
"""

import datetime as dt
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from recourse.cases.models import Case
from recourse.conversations.actions import issue_pass
from recourse.customers.models import Order
from recourse.intake.actions import import_file, retail_file
from recourse.kit.actor import system
from recourse.kit.time import now
from recourse.ledger import actions as ledger
from recourse.ledger.models import Attempt, Voucher
from recourse.people.actions import hire
from recourse.people.queries import actor_for
from recourse.remedies.models import Acceptance, Letter, Line
from tests.cast import SYSTEM, Cast, make_cast
from tests.doors.web.browser import Light, context_in, sign_in
from tests.journeys.retailer import DATA, retailer_rules
from tests.rooms.clocks.build import publish

pytestmark = [
    pytest.mark.browser,
    pytest.mark.material,
    pytest.mark.skipif(not DATA.exists(), reason="the real material is not beside the repository"),
]


class Desk:
    """The retailer's desk in a browser, opened by one person after another."""

    def __init__(self, browser: Browser, cast: Cast, site: str) -> None:
        self.browser, self.cast, self.site = browser, cast, site

    def as_(self, nick: str) -> Page:
        """Open the desk as one of the cast."""
        context = context_in(self.browser, Light("light"), site=self.site)
        sign_in(context, self.cast.staff[nick], site=self.site)
        return context.new_page()

    def as_customer(self, case: Case) -> Page:
        """Open “my case” without scripts, by its link."""
        plain = Light("without scripts", has_scripts=False)
        page = context_in(self.browser, plain, site=self.site).new_page()
        token = issue_pass(case_ref=case.ref, by=self.cast.by("rosa"), at=now()).token
        page.goto(f"{self.site}/my/{token}/")
        return page

    def case_of(self, reference: str, subject: str) -> Case:
        """Open a case about an order."""
        order = Order.objects.select_related("customer").get(reference=reference)
        return self.cast.open(subject, customer=order.customer, order_refs=[reference], family="product", at=now())


@pytest.fixture
def desk(browser: Browser, live_server: Any, transactional_db: None) -> Desk:
    """Make the company under the retailer's handbook, with its orders imported."""
    cast = make_cast()
    publish(retailer_rules(), number=2, at=now() - dt.timedelta(days=30), cast=cast)
    import_file(retail_file(), path=DATA, by=system("import"), at=now())
    flo = hire(email="flo@desk.example", name="Flo Finance", roles=["finance"], by=SYSTEM, at=now())
    cast.staff["flo"], cast.actors["flo"] = flo, actor_for(flo)
    return Desk(browser, cast, str(live_server))


def assess(page: Page, desk: Desk, case: Case, cause: str, item: str) -> None:
    """Say what went wrong with one piece of the order."""
    page.goto(f"{desk.site}/cases/{case.ref}/")
    page.keyboard.press("o")
    page.wait_for_url("**/remedy/")
    page.get_by_role("link", name="Assess").first.click()
    page.select_option("[name=cause]", label=cause)
    page.fill(f"[name='qty:{item}']", "1")
    page.click("button:has-text('Write it down')")
    page.wait_for_url("**/remedy/")


def give_what_is_owed(page: Page) -> None:
    """Put in what is missing of the entitlement, as the page proposes it."""
    page.get_by_role("link", name="Give it").click()
    page.click("button:has-text('Write it down')")
    page.wait_for_url("**/remedy/")
    page.click("button:has-text('Ask for approval')")
    expect(page.locator(".remedy-line .chip", has_text="approved")).to_be_visible()


def test_a_broken_lamp_is_paid_back_by_two_of_finance_and_the_case_resolved(desk: Desk) -> None:
    case = desk.case_of("#W2912153", "The lamp came broken")
    page = desk.as_("rosa")
    assess(page, desk, case, "Arrived damaged", "1270145486")
    expect(page.get_by_text("Store terms, damaged or wrong goods")).to_be_visible()
    give_what_is_owed(page)
    page.click("button:has-text('Carry out')")
    expect(page.locator(".remedy-line .chip", has_text="under way")).to_be_visible()
    attempt = Attempt.objects.get()
    assert (attempt.amount_minor, attempt.provider) == (14_407, "manual")
    ledger.confirm_payment(attempt.pk, reference="WIRE-1", by=desk.cast.by("fin"), at=now())
    ledger.check_payment(attempt.pk, by=desk.cast.by("flo"), at=now())
    page.reload()
    expect(page.locator(".remedy-line .chip", has_text="settled")).to_be_visible()
    page.goto(f"{desk.site}/cases/{case.ref}/")
    expect(page.get_by_text("line 1, refund of 144.07 USD is settled")).to_be_visible()
    assert not case.holds.filter(lifted_at__isnull=True).exists()


def test_a_customer_bargains_about_goodwill_and_gets_what_they_accept(desk: Desk) -> None:
    case = desk.case_of("#W1023987", "The luggage set came back weeks ago")
    page = desk.as_("rosa")
    assess(page, desk, case, "Sent back after delivery", "8926329222")
    give_what_is_owed(page)
    page.get_by_role("link", name="Goodwill").first.click()
    page.fill("[name=amount]", "25.00")
    page.click("button:has-text('Write it down')")
    page.click("button:has-text('Ask for approval')")
    page.get_by_role("link", name="Offer to the customer").click()
    expect(page.locator("#blocks").get_by_text("stands in it")).to_be_visible()
    page.click("button:has-text('Send')")
    page.wait_for_url("**/remedy/")
    assert Letter.objects.get().blocks == ["choice"]
    customer = desk.as_customer(case)
    customer.locator("form:has([value=accept])").nth(0).get_by_role("button", name="Accept").click()
    customer.get_by_text("I would rather have something else").click()
    customer.fill("[name=wanted]", "40.00")
    customer.fill("[name=words]", "It took you three weeks.")
    customer.get_by_role("button", name="Ask for this instead").click()
    expect(customer.get_by_text("you asked for something else")).to_be_visible()
    page.reload()
    expect(page.get_by_text("wants otherwise: 40.00 USD")).to_be_visible()
    page.locator("li:has-text('customer wants otherwise')").get_by_role("link", name="Change").click()
    page.fill("[name=amount]", "40.00")
    page.click("button:has-text('Write it down')")
    page.click("button:has-text('Ask for approval')")
    page.get_by_role("link", name="Offer to the customer").click()
    page.click("button:has-text('Send')")
    page.wait_for_url("**/remedy/")
    customer.reload()
    customer.get_by_role("button", name="Accept").click()
    assert Voucher.objects.get().amount_minor == 4_000
    assert list(Acceptance.objects.order_by("at").values_list("verdict", flat=True)) == ["accept", "counter", "accept"]
    assert set(Line.objects.values_list("state", flat=True)) == {"executing", "settled"}
