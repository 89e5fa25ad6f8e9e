"""Money in a real browser: sound in every light, and a payment by hand confirmed once however often it is pressed."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from recourse.kit.money import Money
from recourse.kit.time import now
from recourse.ledger import actions
from recourse.ledger.actions.tasks import raise_task
from recourse.ledger.models import Attempt, Break, Posting, Reconciliation
from recourse.ledger.policy import TaskKind
from tests.cast import SYSTEM, Cast, make_cast
from tests.doors.web.browser import LIGHTS, Light, context_in, overflow, sign_in, violations, visit
from tests.rooms.ledger.build import Story, tell_story

pytestmark = pytest.mark.browser


@pytest.fixture
def story(transactional_db: None) -> Story:
    """The company with money in every state."""
    cast: Cast = make_cast()
    made, at = tell_story(cast), now()
    attempt = made.refund(4_000, at=at)
    raise_task(TaskKind.FAILED, attempt.key, attempt.amount, attempt=attempt, at=at)
    run = Reconciliation.objects.create(provider="card", from_at=at, until_at=at, started_at=at, by="system:tests")
    Break.objects.create(
        provider="card", kind="extra", subject="re_1", theirs_minor=500, currency="EUR", their_currency="EUR",
        first_seen=run, last_seen=run, found_at=at,
    )  # fmt: skip
    credit = made.approved(700, kind="credit", at=at)
    actions.issue_voucher(
        credit, amount=Money(700, "EUR"), approval_ref="a", customer_id=cast.jane.pk, by=SYSTEM, at=at
    )
    actions.hold_budget([], amount=Money(1, "EUR"), matter="none", by=SYSTEM, at=at)
    return made


@pytest.mark.parametrize("light", LIGHTS, ids=str)
def test_the_money_screens_are_sound_in_every_light(
    story: Story, browser: Browser, live_server: Any, light: Light
) -> None:
    context = context_in(browser, light, site=live_server.url)
    sign_in(context, story.cast.staff["fin"], site=live_server.url)
    places = ["", "waiting/approved/", "payments/", "payments/by-hand/", "differences/", "postings/", "budgets/",
              "vouchers/", "costs/", f"payments/{Attempt.objects.get().pk}/"]  # fmt: skip
    for place in places:
        seen = visit(context, f"{live_server.url}/money/{place}", light=light)
        assert violations(seen.page) == [], place
        assert seen.complaints == [], place
        assert overflow(seen.page) == 0, place
        seen.page.close()
    context.close()


def test_a_double_click_and_the_way_back_confirm_once(story: Story, browser: Browser, live_server: Any) -> None:
    light = LIGHTS[0]
    context = context_in(browser, light, site=live_server.url)
    sign_in(context, story.cast.staff["fin"], site=live_server.url)
    page = visit(context, f"{live_server.url}/money/payments/{Attempt.objects.get().pk}/", light=light).page
    page.fill("#confirm-reference", "SEPA-1")
    page.dblclick("text=I paid this")
    page.wait_for_selector("text=paid, to be checked")
    page.go_back(wait_until="commit")
    page.wait_for_load_state()
    if page.locator("#confirm-reference").count():
        page.fill("#confirm-reference", "SEPA-2")
        page.click("text=I paid this")
        page.wait_for_load_state()
    assert Attempt.objects.get().state == "paid"
    assert Posting.objects.filter(stage="executed", key__startswith="executed").count() == 1
    context.close()
