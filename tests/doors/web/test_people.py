"""Set-up → People and My account, through the door."""

import datetime as dt
import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recourse.kit.time import now
from recourse.people import actions
from recourse.people.models import Absence, ApiKey, Delegation, Department, Link, Membership, Role, Skill, Staff, Team
from recourse.people.queries import actor_for, actor_for_key, link_holder
from tests.doors.web.signing import client_of
from tests.rooms.people.conftest import GOOD, SYSTEM, Desk, desk

__all__ = ["desk"]

DAY = dt.timedelta(days=1)
PEOPLE = "/setup/people/"
PAGES = [
    "",
    "new/",
    "roles/",
    "roles/new/",
    "teams/",
    "teams/new/",
    "departments/",
    "skills/",
    "away/",
    "delegation/",
    "keys/",
]
MINE = ["/me/", "/me/security/", "/me/away/", "/me/keys/"]


def today() -> dt.date:
    """Return the day now, as the browser of somebody in UTC types it."""
    return now().date()


@pytest.mark.parametrize("page", [PEOPLE + page for page in PAGES] + MINE)
def test_an_administrator_sees_every_page_in_few_queries(desk: Desk, page: str) -> None:
    client = client_of(desk.ida)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(page)
    assert answer.status_code == 200
    assert len(queries) <= 14, [query["sql"][:120] for query in queries]
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("page", [PEOPLE + page for page in PAGES] + MINE)
def test_nobody_signed_out_sees_a_page(desk: Desk, client: object, page: str) -> None:
    answer = client.get(page)  # type: ignore[attr-defined]
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=/")


@pytest.mark.parametrize("page", ["new/", "roles/new/", "teams/new/", "keys/"])
def test_an_agent_may_look_at_people_but_change_nothing(desk: Desk, page: str) -> None:
    client = client_of(desk.ada)
    assert client.get(PEOPLE).status_code == 200
    assert client.get(PEOPLE + page).status_code == 403


def test_a_department_member_sees_nobody_but_themself(desk: Desk) -> None:
    dan = actions.hire(email="dan@desk.example", name="Dan", roles=["department member"], by=SYSTEM, at=now())
    client = client_of(dan)
    assert client.get(PEOPLE).status_code == 403
    assert client.get("/me/").status_code == 200


def test_somebody_is_hired_and_gets_a_link_shown_once(desk: Desk) -> None:
    client = client_of(desk.ida, is_fresh=True)
    answer = client.post(
        PEOPLE + "new/",
        {"name": "Mia", "email": "mia@desk.example", "roles": ["resolver", "analyst"], "time_zone": "Europe/Paris"},
    )
    mia = Staff.objects.get(email="mia@desk.example")
    assert (answer.status_code, answer["Location"]) == (303, f"{PEOPLE}{mia.pk}/")
    assert actor_for(mia).can("escalation:work")
    shown = client.post(f"{PEOPLE}{mia.pk}/link/").content.decode()
    token = re.search(r"/accounts/link/([^/\"<]+)/", shown)
    assert token
    assert link_holder(token[1], at=now()) == mia
    assert "/accounts/link/" not in client.get(f"{PEOPLE}{mia.pk}/").content.decode()


def test_what_is_wrong_stands_beside_its_field(desk: Desk) -> None:
    answer = client_of(desk.ida).post(
        PEOPLE + "new/", {"name": " ", "email": "ada@desk.example", "time_zone": "Mars/Olympus", "roles": ["king"]}
    )
    assert answer.status_code == 422
    assert {"name", "time_zone", "roles"} <= set(answer.context["page"].form.errors)
    taken = client_of(desk.ida).post(PEOPLE + "new/", {"name": "Eve", "email": "ada@desk.example", "time_zone": "UTC"})
    assert taken.context["page"].form.errors == {"email": ["Somebody has this address already."]}


@pytest.mark.parametrize(
    ("path", "posted"),
    [("link/", {}), ("close/", {"note": "x"}), ("role/", {"role": "resolver"}), ("key/", {"name": "k"})],
)
def test_sensitive_acts_ask_again_who_it_is_and_then_go_on(desk: Desk, path: str, posted: dict[str, str]) -> None:
    actions.set_password(staff_id=desk.ida.pk, password=GOOD, by=SYSTEM, at=now())
    client = client_of(Staff.objects.get(pk=desk.ida.pk))
    answer = client.post(f"{PEOPLE}{desk.ben.pk}/{path}", posted)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert not Link.objects.exists()
    assert Staff.objects.get(pk=desk.ben.pk).is_active
    assert not actor_for(desk.ben).can("escalation:work")
    wrong = client.post(answer["Location"], {"password": "not the password"})
    assert wrong.status_code == 200
    assert not Link.objects.exists()
    right = client.post(answer["Location"], {"password": GOOD})
    assert right.status_code in {200, 303, 422}


def test_roles_are_given_and_taken_on_the_page_of_a_person(desk: Desk) -> None:
    client = client_of(desk.ida, is_fresh=True)
    assert client.post(f"{PEOPLE}{desk.ben.pk}/role/", {"role": "gatekeeper"}).status_code == 303
    assert actor_for(desk.ben).can("escalation:gate")
    client.post(f"{PEOPLE}{desk.ben.pk}/role/", {"role": "gatekeeper", "take": "1"})
    assert not actor_for(desk.ben).can("escalation:gate")
    answer = client.post(f"{PEOPLE}{desk.ida.pk}/role/", {"role": "auditor"})
    assert answer.status_code == 403
    assert "Nobody gives themself a role" in answer.content.decode()


def test_a_stale_edit_is_stopped(desk: Desk) -> None:
    client, posted = client_of(desk.ida), {"name": "Benny", "email": "ben@desk.example", "time_zone": "UTC", "seen": 1}
    assert client.post(f"{PEOPLE}{desk.ben.pk}/edit/", posted).status_code == 303
    assert client.post(f"{PEOPLE}{desk.ben.pk}/edit/", {**posted, "name": "Bo"}).status_code == 409
    assert Staff.objects.get(pk=desk.ben.pk).name == "Benny"


def test_an_account_is_closed_and_opened_again(desk: Desk) -> None:
    client = client_of(desk.ida, is_fresh=True)
    bens = client_of(desk.ben)
    assert bens.get("/me/").status_code == 200
    client.post(f"{PEOPLE}{desk.ben.pk}/close/", {"note": "Left"})
    assert bens.get("/me/").status_code == 302
    assert "closed" in client.get(f"{PEOPLE}{desk.ben.pk}/").content.decode()
    client.post(f"{PEOPLE}{desk.ben.pk}/close/", {"open": "again"})
    assert Staff.objects.get(pk=desk.ben.pk).is_active
    assert bens.get("/me/").status_code == 302


def test_losing_a_right_works_on_the_next_click(desk: Desk) -> None:
    client = client_of(desk.otto)
    assert client.get(PEOPLE + "new/").status_code == 200
    actions.revoke_role(staff_id=desk.otto.pk, role="administrator", by=SYSTEM, at=now())
    assert client.get(PEOPLE + "new/").status_code == 403


def test_a_role_of_the_company_is_made_and_edited(desk: Desk) -> None:
    client = client_of(desk.ida, is_fresh=True)
    client.post(PEOPLE + "roles/new/", {"name": "Night", "permissions": ["case:read"]})
    role = Role.objects.get(name="Night")
    client.post(f"{PEOPLE}roles/{role.pk}/", {"name": "Nights", "permissions": ["case:open"], "seen": role.version})
    assert (Role.objects.get(pk=role.pk).name, Role.objects.get(pk=role.pk).permissions) == ("Nights", ["case:open"])
    assert client.get(f"{PEOPLE}roles/{uuid4()}/").status_code == 404
    assert "Nights" in client.get(PEOPLE + "roles/").content.decode()
    wrong = client.post(PEOPLE + "roles/new/", {"name": "Nights"})
    assert wrong.status_code == 422


def test_a_team_is_made_filled_led_edited_emptied_and_retired(desk: Desk) -> None:
    client = client_of(desk.ida)
    client.post(PEOPLE + "teams/new/", {"name": "Resolution 1", "kind": "advanced"})
    page = PEOPLE + "teams/resolution-1/"
    for what in ("join", "lead"):
        assert client.post(page + "members/", {"staff": desk.ben.pk, "what": what}).status_code == 303
    assert Membership.objects.get(team__slug="resolution-1").is_lead
    assert "Ben" in client.get(page).content.decode()
    assert client.post(page + "retire/").status_code == 409
    for what in ("follow", "leave"):
        client.post(page + "members/", {"staff": desk.ben.pk, "what": what})
    posted = {"name": "R1", "kind": "advanced", "is_walled": "on", "seen": 1}
    assert client.post(page + "edit/", posted).status_code == 303
    assert client.post(page + "retire/").status_code == 303
    team = Team.objects.get(slug="resolution-1")
    assert (team.name, team.is_walled, team.is_active) == ("R1", True, False)
    for wrong in ({"staff": "x", "what": "join"}, {"staff": desk.ben.pk, "what": "fly"}):
        assert client.post(page + "members/", wrong).status_code == 404


def test_the_lead_of_a_team_fills_it_through_the_door(desk: Desk) -> None:
    client = client_of(desk.lea)
    page = f"{PEOPLE}teams/{desk.care.slug}/members/"
    assert client.post(page, {"staff": desk.ben.pk, "what": "join"}).status_code == 303
    assert client.post(page, {"staff": desk.ben.pk, "what": "lead"}).status_code == 403
    assert client_of(desk.ada).post(page, {"staff": desk.ben.pk, "what": "leave"}).status_code == 403


def test_departments_and_skills_are_named_and_granted(desk: Desk) -> None:
    client = client_of(desk.ida)
    client.post(PEOPLE + "departments/", {"name": "Legal"})
    client.post(PEOPLE + "departments/", {"name": "Law", "slug": "legal"})
    assert Department.objects.get().name == "Law"
    client.post(PEOPLE + "skills/", {"name": "Billing"})
    assert client.post(PEOPLE + "skills/", {"name": "billing"}).status_code == 422
    grant = {"skill": "billing", "level": "4", "until_on": (today() + DAY).isoformat()}
    assert client.post(f"{PEOPLE}{desk.ada.pk}/skill/", grant).status_code == 303
    assert "Ada" in client.get(PEOPLE + "skills/").content.decode()
    assert client.post(f"{PEOPLE}{desk.ada.pk}/skill/", {**grant, "until_on": "2001-01-01"}).status_code == 422
    assert client.post(f"{PEOPLE}{desk.ada.pk}/skill/", {"take": "billing"}).status_code == 303
    assert client_of(desk.ben).post(PEOPLE + "skills/", {"name": "Flying"}).status_code == 403
    assert Skill.objects.count() == 1


def test_an_absence_is_noted_in_days_where_the_person_lives(desk: Desk) -> None:
    actions.edit_staff(staff_id=desk.ada.pk, changes={"time_zone": "Asia/Tokyo"}, by=SYSTEM, at=now())
    first, last = today() + 2 * DAY, today() + 4 * DAY
    posted = {"staff": desk.ada.pk, "kind": "sick", "from_on": first.isoformat(), "through_on": last.isoformat()}
    client = client_of(desk.ida)
    assert client.post(PEOPLE + "away/", posted).status_code == 303
    absence = Absence.objects.get()
    assert absence.from_at.isoformat() == f"{first - DAY}T15:00:00+00:00"
    assert absence.until_at - absence.from_at == 3 * DAY
    assert "Sick" in client.get(PEOPLE + "away/").content.decode()
    assert 'title="Sick"' not in client_of(desk.ben).get(PEOPLE + "away/").content.decode()
    assert client.post(f"{PEOPLE}away/{absence.pk}/cancel/").status_code == 303
    assert not Absence.objects.exists()
    for wrong in (
        {"from_on": "9999-12-31"},
        {"through_on": "0001-01-01"},
        {"through_on": first - 30 * DAY},
        {"kind": "x"},
    ):
        assert client.post(PEOPLE + "away/", {**posted, **wrong}).status_code == 422


@pytest.mark.parametrize("start", ["", "2026-01-01", "0001-01-01", "9999-12-31", "no day", "2026-02-30"])
def test_the_calendar_opens_at_any_day(desk: Desk, start: str) -> None:
    assert client_of(desk.ada).get(f"{PEOPLE}away/?from={start}").status_code == 200


def test_i_note_my_own_absence_and_delegate(desk: Desk) -> None:
    client = client_of(desk.lea)
    days = {"from_on": today().isoformat(), "through_on": (today() + DAY).isoformat()}
    assert client.post("/me/away/", {"what": "absence", "kind": "holiday", **days}).status_code == 303
    delegation = {"what": "delegation", "d-receiver": desk.ada.pk, **{f"d-{name}": day for name, day in days.items()}}
    assert client.post("/me/away/", delegation).status_code == 303
    shown = client.get("/me/away/").content.decode()
    assert "Ada acts for Lea" in shown
    given = Delegation.objects.get()
    ends = f"{PEOPLE}delegation/{given.pk}/end/"
    assert client_of(desk.ben).post(ends).status_code == 403
    assert client.post(ends, {"back": "me"})["Location"] == "/me/away/"
    cancel = f"{PEOPLE}away/{Absence.objects.get().pk}/cancel/"
    assert client.post(cancel, {"back": "me"})["Location"] == "/me/away/"


def test_an_administrator_delegates_for_somebody_ill(desk: Desk) -> None:
    days = {"from_on": today().isoformat(), "through_on": (today() + DAY).isoformat()}
    posted = {"giver": desk.lea.pk, "receiver": desk.ada.pk, **days}
    assert client_of(desk.ida).post(PEOPLE + "delegation/", posted).status_code == 303
    assert (
        client_of(desk.ida)
        .post(PEOPLE + "delegation/", {**posted, "giver": desk.ada.pk, "receiver": desk.ben.pk})
        .status_code
        == 409
    )
    late = {**posted, "through_on": (today() + 100 * DAY).isoformat()}
    answer = client_of(desk.ida).post(PEOPLE + "delegation/", late)
    assert "through_on" in answer.context["page"].form.errors


def test_a_key_is_made_shown_once_edited_and_revoked(desk: Desk) -> None:
    client = client_of(desk.ida, is_fresh=True)
    page = f"{PEOPLE}{desk.ada.pk}/key/"
    posted = {"name": "Shop", "scopes": ["case:read"], "through_on": (today() + 30 * DAY).isoformat()}
    answer = client.post(page, posted)
    token = re.search(r"rk_[a-z2-7]{10}_[A-Za-z0-9_-]{43}", answer.content.decode())
    assert token
    assert answer["Cache-Control"] == "no-store"
    assert actor_for_key(token[0], at=now())
    assert token[0] not in client.get(PEOPLE + "keys/").content.decode()
    key = ApiKey.objects.get()
    client.post(f"{PEOPLE}keys/{key.pk}/", {"name": "Till", "scopes": ["case:open"]})
    assert (ApiKey.objects.get().name, ApiKey.objects.get().scopes) == ("Till", ["case:open"])
    assert client.post(page, {**posted, "scopes": ["staff:edit"]}).status_code == 422
    late = client.post(page, {**posted, "through_on": (today() + 400 * DAY).isoformat()})
    assert "through_on" in late.context["page"].form.errors
    assert "Till" in client_of(desk.ada).get("/me/keys/").content.decode()
    revoke = f"{PEOPLE}keys/{key.pk}/revoke/"
    assert client_of(desk.ben).post(revoke).status_code == 404
    assert client_of(desk.ada).post(revoke, {"back": "me"})["Location"] == "/me/keys/"
    assert actor_for_key(token[0], at=now()) is None


def test_i_set_my_zone_and_the_desk_shows_times_in_it(desk: Desk) -> None:
    client = client_of(desk.ada)
    assert client.post("/me/", {"time_zone": "Asia/Tokyo", "language": "en"}).status_code == 303
    assert Staff.objects.get(pk=desk.ada.pk).time_zone == "Asia/Tokyo"
    assert client.post("/me/", {"time_zone": "Mars/Olympus", "language": "en"}).status_code == 422
    actions.add_absence(
        staff_id=desk.ada.pk, kind="other", from_at=dt.datetime(2199, 3, 2, 20, tzinfo=dt.UTC),
        until_at=dt.datetime(2199, 3, 3, 20, tzinfo=dt.UTC), by=SYSTEM, at=now(),
    )  # fmt: skip
    assert "March 3, 2199, 5 a.m." in client.get("/me/away/").content.decode()


def test_staff_are_found_by_name_role_team_and_paged_by_key(desk: Desk) -> None:
    client = client_of(desk.ida)

    def found(query: str) -> list[str]:
        return [row.name for row in client.get(f"{PEOPLE}?{query}").context["page"].rows]

    assert found("q=ADA") == ["Ada"]
    assert found("q=desk.example+lea") == ["Lea"]
    assert found("role=administrator") == ["Ida", "Otto"]
    assert found(f"team={desk.care.slug}") == ["Ada", "Lea"]
    assert found("left=1") == []
    assert found("q=%25") == []
    assert client.get(f"{PEOPLE}?cursor=nonsense").status_code == 422
    for index in range(60):
        actions.hire(email=f"x{index}@desk.example", name=f"X {index:02}", by=SYSTEM, at=now())
    page = client.get(PEOPLE)
    following = re.search(r'rel="next" href="([^"]+)"', page.content.decode())
    assert following
    second = client.get(PEOPLE + following[1].replace("&amp;", "&"))
    assert not {row.pk for row in page.context["page"].rows} & {row.pk for row in second.context["page"].rows}


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_what_changes_something_answers_only_to_a_post(desk: Desk, method: str) -> None:
    client = client_of(desk.ida, is_fresh=True)
    for path in ("role/", "close/", "link/", "skill/", "sessions/"):
        assert getattr(client, method)(f"{PEOPLE}{desk.ben.pk}/{path}").status_code == 405
