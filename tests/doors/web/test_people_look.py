"""People, My account and sign-in in a real browser: accessible, fitting, without a complaint, in every light."""

import datetime as dt
from typing import Any

import pytest
from playwright.sync_api import Browser

from recourse.kit.time import now
from recourse.people import actions
from recourse.people.models import Staff
from tests.doors.web.browser import LIGHTS, Light, context_in, overflow, sign_in, violations, visit
from tests.rooms.people.conftest import GOOD, SYSTEM

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PUBLIC = ("/accounts/login/", "/accounts/reset/", "/accounts/reset/done/")
PEOPLE = (
    "", "new/", "ONE/", "ONE/edit/", "ONE/key/", "roles/", "roles/new/", "teams/", "teams/new/", "teams/care/", "departments/",
    "skills/", "away/", "delegation/", "keys/",
)  # fmt: skip
MINE = ("/me/", "/me/security/", "/me/away/", "/me/keys/", "/accounts/reauthenticate/", "/accounts/password/")


def _company(administrator: Staff) -> Staff:
    """Fill the pages."""
    at, day = now(), dt.timedelta(days=1)
    ben = actions.hire(email="ben@desk.example", name="Ben Long-Name Müller", roles=["team lead"], by=SYSTEM, at=at)
    actions.make_team(name="Care", kind="front_line", is_walled=True, by=SYSTEM, at=at)
    for staff in (ben, administrator):
        actions.join_team(team="care", staff_id=staff.pk, by=SYSTEM, at=at)
    actions.make_department(name="Legal", by=SYSTEM, at=at)
    actions.make_skill(name="Billing", by=SYSTEM, at=at)
    actions.grant_skill(staff_id=ben.pk, skill="billing", until_on=(at + day).date(), by=SYSTEM, at=at)
    actions.add_absence(staff_id=ben.pk, kind="sick", from_at=at, until_at=at + 2 * day, by=SYSTEM, at=at)
    actions.delegate(giver_id=administrator.pk, receiver_id=ben.pk, from_at=at, until_at=at + day, by=SYSTEM, at=at)
    actions.make_key(name="Shop", scopes=["case:read"], expires_at=at + day, owner_id=ben.pk, by=SYSTEM, at=at)
    actions.set_password(staff_id=administrator.pk, password=GOOD, by=SYSTEM, at=at)
    return ben


@pytest.mark.parametrize("light", [LIGHTS[1], LIGHTS[3], LIGHTS[4]], ids=str)
def test_every_page_is_accessible_and_fits(
    browser: Browser, live_server: Any, administrator: Staff, light: Light
) -> None:
    ben = _company(administrator)
    link = actions.issue_link(staff_id=ben.pk, by=SYSTEM, at=now()).partition("8000")[2]
    context = context_in(browser, light, site=live_server.url)
    wrong: dict[str, list[str]] = {}
    pages = [*PUBLIC, link]
    for path in pages:
        wrong |= _judged(context, live_server.url, path, light)
    sign_in(context, Staff.objects.get(pk=administrator.pk), site=live_server.url)
    for path in [*(f"/setup/people/{page}".replace("ONE", str(ben.pk)) for page in PEOPLE), *MINE]:
        wrong |= _judged(context, live_server.url, path, light)
    context.close()
    assert wrong == {}


def _judged(context: Any, site: str, path: str, light: Light) -> dict[str, list[str]]:
    seen = visit(context, site + path, light=light)
    found = [*violations(seen.page), *seen.complaints]
    if wider := overflow(seen.page):
        found.append(f"{wider} px wider than the window")
    seen.page.close()
    return {path: found} if found else {}


def test_a_person_signs_in_adds_a_passkey_and_signs_in_with_it(
    browser: Browser, live_server: Any, administrator: Staff, settings: Any
) -> None:
    """A passkey wants a host name: the test goes by localhost."""
    site = live_server.url.replace("127.0.0.1", "localhost")
    settings.SITE_URL = site
    actions.set_password(staff_id=administrator.pk, password=GOOD, by=SYSTEM, at=now())
    context = context_in(browser, LIGHTS[0], site=site)
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    page.goto(f"{site}/accounts/login/?next=/me/security/")
    page.get_by_label("Email").fill("ana@desk.example")
    page.get_by_label("Password").fill(GOOD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/me/security/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(GOOD)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/accounts/passkey/add/**")
    page.get_by_label("Name").fill("Blue laptop")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/accounts/codes/")
    page.goto(f"{site}/me/security/")
    assert page.get_by_text("Blue laptop").first.is_visible()

    page.goto(f"{site}/accounts/logout/")
    page.get_by_role("button", name="Sign out").last.click()
    page.wait_for_url("**/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: "/accounts/" not in url)
    page.goto(f"{site}/me/")
    assert page.get_by_role("heading", name="My account").is_visible()
    context.close()
