"""Inbox, queues, saved views, search, many cases at once, and customers, through the door."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recourse.cases import actions
from recourse.cases.models import Case, SavedView
from recourse.cases.queries.lists import saved_views
from recourse.customers import actions as caring
from recourse.customers.actions import Told
from recourse.customers.models import Customer
from recourse.customers.policy import ItemFacts, OrderFacts
from tests.cast import AT, SYSTEM, Cast
from tests.doors.web.signing import client_of
from tests.rooms.kit.material import recorded

PAGES = ("/inbox/", "/inbox/?show=unowned", "/queues/", "/queues/care/", "/search/?q=lamp", "/customers/?q=jane")


def refs(text: str) -> set[str]:
    """Return the references of the cases on a page."""
    return set(re.findall(r'id="row-(RC-\d+)"', text))


@pytest.mark.parametrize("page", PAGES)
def test_a_list_costs_few_questions_however_long_it_is(cast: Cast, page: str) -> None:
    client = client_of(cast.staff["lea"])
    for _index in range(3):
        cast.open("Broken lamp")
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        assert client.get(page).status_code == 200
    for _index in range(30):
        cast.open("Broken lamp")
    with CaptureQueriesContext(connection) as many:
        client.get(page)
    assert len(many) <= len(few)
    assert len(many) <= 30, [query["sql"][:90] for query in many]


def test_the_inbox_shows_what_is_mine_and_pages_by_key(cast: Cast) -> None:
    client = client_of(cast.staff["ada"])
    mine = {actions.take(cast.open().pk, by=cast.by("ada"), at=AT).ref for _index in range(55)}
    theirs = actions.take(cast.open().pk, by=cast.by("ben"), at=AT)
    first = client.get("/inbox/").content.decode()
    following = re.search(r'href="(\?[^"]*cursor=[^"]+)"', first)
    assert following is not None
    second = client.get("/inbox/" + unescape(following[1])).content.decode()
    assert refs(first) | refs(second) == mine
    assert not refs(first) & refs(second)
    assert theirs.ref not in first + second


@pytest.mark.parametrize("cursor", ["x", "AAAA", "W10", "%00", "9" * 300])
def test_a_cursor_that_is_not_ours_is_told_so(cast: Cast, cursor: str) -> None:
    assert client_of(cast.staff["ada"]).get(f"/inbox/?cursor={cursor}").status_code == 422


def test_what_is_hidden_shows_in_no_list_count_or_search(cast: Cast) -> None:
    hidden = cast.open("Needle in the wall", by="system", queue=cast.queue("privacy"))
    narrow = cast.open("Needle kept close")
    actions.restrict(narrow.pk, reader_ids=[], by=cast.by("lea"), at=AT)
    ada, pia = client_of(cast.staff["ada"]), client_of(cast.staff["pia"])
    for page in ("/search/?q=needle", "/queues/", "/queues/care/", "/inbox/?show=unowned", "/customers/CU-1001/"):
        text = ada.get(page).content.decode()
        assert hidden.ref not in text
        assert narrow.ref not in text
        assert "Needle" not in text
    assert ada.get("/queues/privacy/").status_code == ada.get("/queues/nowhere/").status_code == 404
    assert refs(pia.get("/search/?q=needle").content.decode()) == {hidden.ref}


def test_a_reference_alone_leads_to_its_case(cast: Cast) -> None:
    case = cast.open()
    client = client_of(cast.staff["ada"])
    assert client.get("/search/", {"q": case.ref.lower()})["Location"] == f"/cases/{case.ref}/"
    assert client.get("/search/", {"q": "RC-99999999"}).status_code == 200


def test_any_words_can_be_searched_for(cast: Cast) -> None:
    client = client_of(cast.staff["ada"])
    naughty = [str(text) for text in recorded("naughty_strings/blns.json")]
    for text in [
        "",
        "\x00",
        '"' * 100,
        "<script>alert(1)</script>",
        "queue:\x00",
        "due:<9999d",
        "-" * 500,
        *naughty[::12],
    ]:
        for page in ("/search/", "/customers/"):
            answer = client.get(page, {"q": text})
            assert answer.status_code in {200, 302}, text
            assert b"<script>alert" not in answer.content


def test_many_cases_at_once_and_each_says_how_it_went(cast: Cast) -> None:
    lea = client_of(cast.staff["lea"])
    good, held = cast.open(), cast.open()
    actions.place_hold(held.pk, reason="promise_open", by=SYSTEM, at=AT)
    posted = {"case": [good.ref, held.ref, "RC-99999999", "a/b", "", "<b>"], "act": "resolve", "reason": "withdrawn"}
    text = lea.post("/bulk/", posted).content.decode()
    assert "1 of 6 cases done" in text
    assert "hold" in text
    assert "<b>" not in text.replace("<bdi>", "")
    assert Case.objects.get(pk=good.pk).stage == "resolved"
    assert Case.objects.get(pk=held.pk).stage == "new"
    assert client_of(cast.staff["ada"]).post("/bulk/", posted).status_code == 403
    assert lea.post("/bulk/", {"act": "resolve"}).status_code == 422
    assert lea.post("/bulk/", {"act": "destroy", "case": good.ref}).status_code == 409


def test_a_view_is_kept_shown_and_put_away(cast: Cast) -> None:
    ada, case = client_of(cast.staff["ada"]), cast.open("Broken lamp")
    cast.open("Late parcel")
    assert ada.post("/views/", {"name": "Lamps", "question": "lamp"}).status_code == 303
    view = SavedView.objects.get()
    assert refs(ada.get(f"/views/{view.pk}/").content.decode()) == {case.ref}
    assert "Lamps" in ada.get("/queues/").content.decode()
    assert client_of(cast.staff["ben"]).get(f"/views/{view.pk}/").status_code == 404
    assert client_of(cast.staff["ben"]).post(f"/views/{view.pk}/end/").status_code == 404
    assert ada.post(f"/views/{view.pk}/end/", {"seen": view.version}).status_code == 303
    assert not saved_views(viewer=cast.by("ada")).exists()


def test_a_customers_page_tells_their_story(cast: Cast) -> None:
    case = cast.open("Broken lamp")
    items = (ItemFacts(product_ref="p", item_ref="i", name="Desk Lamp", unit_minor=12_950),)
    order = OrderFacts(reference="#W1", source_state="delivered", currency="EUR", total_minor=12_950, items=items)
    caring.upsert_orders([Told(cast.jane.pk, order)], by=SYSTEM, at=AT)
    caring.add_care_note(cast.jane.pk, text="Write, do not call", by=cast.by("ada"), at=AT)
    client = client_of(cast.staff["ada"])
    with CaptureQueriesContext(connection) as asked:
        text = client.get(f"/customers/{cast.jane.ref}/").content.decode()
    for word in (case.ref, "jane.doe@example.com", "Write, do not call", "#W1", "129.50", "EUR"):
        assert word in text, word
    assert len(asked) <= 25, [query["sql"][:90] for query in asked]
    assert client_of(cast.staff["ana"]).get(f"/customers/{cast.jane.ref}/").status_code == 403
    assert client.get("/customers/CU-9999/").status_code == client.get("/customers/x/").status_code == 404


def test_two_records_are_merged_and_parted_by_a_lead(cast: Cast) -> None:
    lea = client_of(cast.staff["lea"])
    address = f"/customers/{cast.omar.ref}/do/"
    assert lea.post(f"{address}merge/", {"into": "CU-1", "note": "x"}).status_code == 422
    assert lea.post(f"{address}merge/", {"into": cast.jane.ref, "note": "same phone"}).status_code == 303
    assert Customer.objects.get(pk=cast.omar.pk).merged_into == cast.jane
    assert cast.jane.ref in lea.get(f"/customers/{cast.omar.ref}/").content.decode()
    assert client_of(cast.staff["ada"]).post(f"{address}unmerge/", {"note": "no"}).status_code == 403
    assert lea.post(f"{address}unmerge/", {"note": "two people"}).status_code == 303
    assert Customer.objects.get(pk=cast.omar.pk).merged_into is None


def test_a_stale_edit_of_a_customer_is_shown_with_what_was_typed(cast: Cast) -> None:
    ada = client_of(cast.staff["ada"])
    typed = {
        "name": "Jane Roe", "language": "en", "time_zone": "UTC", "preferred_channel": "email", "seen": cast.jane.version,
    }  # fmt: skip
    caring.edit_profile(cast.jane.pk, changes={"name": "Jane Moe"}, by=cast.by("ben"), at=AT)
    answer = ada.post(f"/customers/{cast.jane.ref}/do/profile/", typed)
    assert answer.status_code == 409
    assert "Jane Roe" in answer.content.decode()
    assert Customer.objects.get(pk=cast.jane.pk).name == "Jane Moe"
