"""What comes in by form, API and phone becomes a case once, at the front door, checked alike everywhere."""

import datetime as dt
from typing import Any

import pytest

from recourse.cases.models import Case
from recourse.cases.policy import Channel
from recourse.clocks.models import Clock
from recourse.conversations.actions import Upload
from recourse.conversations.models import Message
from recourse.customers.actions import NewCustomer, register
from recourse.customers.models import Customer
from recourse.customers.policy import IdentityKind, NewIdentity
from recourse.intake import actions, queries
from recourse.intake.models import PhoneCall, Submission
from recourse.intake.policy.matching import Comparable, likeness, proposals
from recourse.intake.policy.words import CallDirection
from recourse.kit.actor import system
from recourse.kit.errors import Invalid, NotVisible, Refused, Throttled
from recourse.people.models import Team
from recourse.timeline.models import Entry, Private
from tests.rooms.conversations.build import AT, Desk, later
from tests.rooms.kit.material import recorded

BY = system("web form")
GIVEN = {
    "subject": "My parcel never came",
    "words": "I ordered a lamp three weeks ago.",
    "name": "Grace Hopper",
    "email": "Grace@Example.org",
    "order_refs": "#W100 #W200",
}


def submit(given: dict[str, Any] | None = None, **more: Any) -> actions.Submitted:
    return actions.submit(**{"given": given or GIVEN, "channel": Channel.WEB, "by": BY, "at": AT, **more})


def test_a_form_becomes_a_case_with_words_customer_clocks_and_raw_content(desk: Desk) -> None:
    taken = submit()
    assert (taken.case.subject, taken.case.stage, taken.case.order_refs) == (
        GIVEN["subject"],
        "new",
        ["#W100", "#W200"],
    )
    assert taken.case.customer is not None
    assert taken.case.customer.identities.get().value == "grace@example.org"
    assert taken.message is not None
    assert (taken.message.text, taken.message.is_verified) == (GIVEN["words"], False)
    assert "lamp three weeks" in taken.submission.raw
    assert Clock.objects.filter(case=taken.case).exists()
    assert {"case.opened", "message.received"} <= set(desk.events(taken.case))


def test_everything_begins_at_the_front_door(desk: Desk) -> None:
    Team.objects.filter(pk=desk.front.pk).update(name="Zzz last by name")
    for channel in (Channel.WEB, Channel.API):
        case = submit(channel=channel, source_ref=f"x{channel}").case
        assert case.team.kind == "front_line"
        assert case.tier == "front_line"
    with pytest.raises(Invalid):
        submit({**GIVEN, "queue": "resolution"})
    with pytest.raises(Invalid):
        submit({**GIVEN, "tier": "tier_3", "team": "resolution", "is_restricted": True})


def test_without_a_front_line_queue_nothing_goes_to_the_advanced_team(desk: Desk) -> None:
    desk.queue.__class__.objects.filter(pk=desk.queue.pk).update(is_active=False)
    with pytest.raises(Refused) as refused:
        submit()
    assert refused.value.code == "intake.no_queue"


def test_the_same_source_twice_is_the_same_case(desk: Desk) -> None:
    first = submit(source_ref="shop:77")
    again = submit({**GIVEN, "words": "something else"}, source_ref="shop:77")
    assert (again.case, again.is_known) == (first.case, True)
    assert Case.objects.filter(source_ref="77").count() == 1


def test_a_known_customer_is_found_by_exact_identity_alone(desk: Desk) -> None:
    first = submit()
    assert submit({**GIVEN, "email": "GRACE@example.ORG", "name": "G."}).case.customer == first.case.customer
    assert submit({**GIVEN, "email": "grace@example.com"}).case.customer != first.case.customer
    assert Customer.objects.filter(name="Grace Hopper").count() == 2


def test_the_surest_identity_decides_where_two_people_are_named(desk: Desk) -> None:
    one = register(
        NewCustomer(name="One", identities=[NewIdentity(kind=IdentityKind.EMAIL, value="one@x.org")]), by=BY, at=AT
    )
    register(
        NewCustomer(name="Two", identities=[NewIdentity(kind=IdentityKind.PHONE, value="+442071838750")]), by=BY, at=AT
    )
    assert submit({**GIVEN, "email": "one@x.org", "phone": "+44 20 7183 8750"}).case.customer == one


def test_the_same_order_again_is_proposed_as_a_duplicate_and_never_merged(desk: Desk) -> None:
    first = submit()
    second = submit({**GIVEN, "words": "Completely different words about it"}, at=later(3600))
    assert [(one.ref, one.reasons) for one in second.proposals] == [(first.case.ref, ("same_order",))]
    assert second.submission.proposals[0]["ref"] == first.case.ref
    assert "duplicate.proposed" in desk.events(second.case)
    assert second.case.merged_into is None


def test_similar_words_are_proposed_and_others_are_not(desk: Desk) -> None:
    bare = {key: GIVEN[key] for key in ("subject", "words", "email")}
    submit(bare)
    alike = submit({**bare, "words": "I ordered a lamp three weeks ago!"}, at=later(60))
    assert alike.proposals[0].reasons == ("similar_words",)
    other = submit({**bare, "subject": "Invoice", "words": "Please send me last year's invoice."}, at=later(120))
    assert not other.proposals
    late = submit(bare, at=AT + dt.timedelta(hours=49))
    assert not late.proposals


def test_a_strangers_case_is_never_proposed(desk: Desk) -> None:
    submit()
    assert not submit({**GIVEN, "email": "other@example.org"}, at=later(9)).proposals


def test_likeness_is_of_distinct_words() -> None:
    assert likeness([], []) == 0
    assert likeness(["a", "b"], ["b", "a", "a"]) == 100
    assert likeness(["a", "b", "c"], ["a"]) == 33
    here = Comparable("RC-1", frozenset({"a"}), frozenset({"#1"}), AT)
    assert proposals(here, [here], within=dt.timedelta(days=1), percent=1) == []


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({}, {"words", "subject"}),
        ({"words": "x", "email": "not an address"}, {"email"}),
        ({"words": "x", "phone": "12"}, {"phone"}),
        ({"words": "x", "email": "a@b.org\r\nBcc: all@x.org"}, {"email"}),
        ({"words": "x", "severity": "apocalyptic"}, {"severity"}),
        ({"words": "x", "family": "unicorns"}, {"family"}),
        ({"words": "x", "owner_id": "1", "is_restricted": "true"}, {"owner_id", "is_restricted"}),
        ({"words": ["a"]}, {"words"}),
        ({"words": {"$gt": ""}}, {"words"}),
        ({"words": "x", "order_refs": [1]}, {"order_refs"}),
        ({"words": "x" * 100_001}, {"words"}),
        ({"words": "x", "subject": "y" * 301}, {"subject"}),
    ],
)
def test_what_cannot_be_taken_is_refused_by_field_and_nothing_is_stored(
    desk: Desk, given: dict[str, Any], fields: set[str]
) -> None:
    before = Case.objects.count()
    with pytest.raises(Invalid) as invalid:
        submit(given or {"email": "a@b.org"})
    assert set(invalid.value.fields) == fields
    assert Case.objects.count() == before
    assert not Submission.objects.exists()


def test_a_name_with_line_breaks_becomes_one_line(desk: Desk) -> None:
    taken = submit({**GIVEN, "name": "A\r\nBcc: all@x"})
    assert taken.case.customer is not None
    assert "\n" not in taken.case.customer.name


def test_card_numbers_are_readable_nowhere(desk: Desk) -> None:
    taken = submit({**GIVEN, "subject": "Card 4111111111111111", "words": "4111 1111\n1111 1111 cvv 999"})
    stored = taken.submission.raw + taken.case.subject + Message.objects.get(case=taken.case).text
    assert "4111" not in stored
    assert "999" not in stored
    numeric = submit({**GIVEN, "words": "x", "remedy_sought": "4111-1111-1111-1111"}, at=later(1))
    assert "4111" not in numeric.submission.raw + numeric.case.remedy_sought


def test_naughty_strings_are_taken_as_words_or_refused_and_never_break(desk: Desk) -> None:
    for text in recorded("naughty_strings/blns.json")[::4]:
        try:
            taken = submit({"subject": str(text), "words": str(text), "name": str(text)})
        except Invalid:
            continue
        assert "\0" not in taken.case.subject
        assert "\n" not in taken.case.subject


def test_files_come_with_the_words(desk: Desk) -> None:
    taken = submit(uploads=[Upload("../../x.png", b"\x89PNG\r\n\x1a\n")])
    assert taken.message is not None
    assert [file.name for file in taken.message.attachments.all()] == ["_.._x.png"]


def test_ten_thousand_forged_forms_for_one_victim_send_nothing_and_are_stopped(desk: Desk) -> None:
    taken, stopped = 0, 0
    for number in range(200):
        try:
            submit({**GIVEN, "email": "victim@example.org"}, sender=f"198.51.{number % 7}.{number}", at=later(number))
            taken += 1
        except Throttled:
            stopped += 1
    assert (taken, stopped) == (3, 197)
    assert not Message.objects.filter(direction="outbound").exists()


def test_one_network_address_is_stopped_after_ten_an_hour(desk: Desk) -> None:
    for number in range(10):
        submit({**GIVEN, "email": f"p{number}@example.org"}, sender="203.0.113.9", at=later(number))
    with pytest.raises(Throttled):
        submit({**GIVEN, "email": "p11@example.org"}, sender="203.0.113.9", at=later(20))
    submit({**GIVEN, "email": "p11@example.org"}, sender="203.0.113.10", at=later(20))
    submit({**GIVEN, "email": "p12@example.org"}, sender="203.0.113.9", at=later(3700))


def log(desk: Desk, **more: Any) -> PhoneCall:
    given = {
        "direction": CallDirection.INBOUND, "began_at": AT, "seconds": 240, "number": "+44 20 7183 8750",
        "notes": "She asks where her parcel is.\nPromised to call back.", "by": desk.agent, "at": later(600),
    }  # fmt: skip
    return actions.log_call(**{**given, **more})


def test_a_call_becomes_a_note_on_its_case(desk: Desk) -> None:
    call = log(desk, case_ref=desk.ref)
    assert (call.case_id, call.number, call.seconds) == (desk.case.pk, "+442071838750", 240)
    note = Message.objects.get(pk=call.message_id)
    assert (note.visibility, note.at) == ("internal", AT)
    assert desk.events()[-1] == "call.logged"
    assert Entry.objects.get(event="call.logged").at == AT
    assert list(queries.calls_of(desk.case)) == [call]


def test_a_call_without_a_case_opens_one_for_the_caller(desk: Desk) -> None:
    call = log(desk)
    assert (call.case.channel, call.case.subject) == ("phone", "She asks where her parcel is.")
    assert call.case.received_at == AT
    assert call.case.customer is not None
    assert call.case.customer.identities.get().value == "+442071838750"
    again = log(desk, began_at=later(300), seconds=10)
    assert again.case.customer == call.case.customer


def test_a_call_needs_notes_a_time_that_has_passed_and_the_right(desk: Desk) -> None:
    for wrong, field in (
        ({"notes": " "}, "text"), ({"began_at": later(601)}, "began_at"), ({"seconds": -1}, "seconds"),
        ({"seconds": 90_000}, "seconds"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as invalid:
            log(desk, case_ref=desk.ref, **wrong)
        assert field in invalid.value.fields
    with pytest.raises(Refused):
        log(desk, by=desk.analyst, case_ref=desk.ref)
    hidden = desk.open(is_restricted=True)
    with pytest.raises(NotVisible):
        log(desk, case_ref=hidden.ref)


def test_an_unreadable_request_waits_in_quarantine_as_it_came(desk: Desk) -> None:
    for raw in (b"{nope", b"[1]", b"\xff\xfe\0", b'{"words": 5}', b"[" * 100_000, b'{"card": "4111111111111111"}'):
        kept = actions.take_in(raw=raw, channel=Channel.API, by=system("api"), at=AT)
        assert kept.state == "quarantined"
        assert "4111111111111111" not in kept.raw
        assert kept.reasons
    assert len(queries.quarantined(viewer=desk.lead).rows) == 6
    with pytest.raises(Refused):
        queries.quarantined(viewer=desk.agent)


def test_what_was_corrected_is_replayed_as_a_case_as_of_its_receipt(desk: Desk) -> None:
    kept = actions.take_in(raw=b'{"words": "Help me", "mail": "x"}', channel=Channel.API, by=system("api"), at=AT)
    with pytest.raises(Invalid):
        actions.replay(submission_id=kept.pk, by=desk.lead, at=later(60))
    taken = actions.replay(submission_id=kept.pk, by=desk.lead, at=later(60), corrected='{"words": "Help me"}')
    assert taken.case.received_at == AT
    kept.refresh_from_db()
    assert (kept.state, kept.case) == ("replayed", taken.case)
    with pytest.raises(Refused):
        actions.replay(submission_id=kept.pk, by=desk.lead, at=later(61), corrected='{"words": "Help me"}')


def test_setting_aside_wants_a_reason_and_keeps_the_raw_content(desk: Desk) -> None:
    kept = actions.take_in(raw=b"spam", channel=Channel.API, by=system("api"), at=AT)
    with pytest.raises(Invalid):
        actions.discard(submission_id=kept.pk, why="", by=desk.lead, at=AT)
    with pytest.raises(Refused):
        actions.discard(submission_id=kept.pk, why="spam", by=desk.agent, at=AT)
    actions.discard(submission_id=kept.pk, why="spam", by=desk.lead, at=AT)
    assert queries.submission(kept.pk, viewer=desk.lead).raw == "spam"
    assert Private.objects.get(entry__event="submission.discarded").note == "spam"


def test_a_readable_request_needs_no_quarantine(desk: Desk) -> None:
    taken = actions.take_in(raw=b'{"words": "Help me"}', channel=Channel.API, by=system("api"), at=AT, source_ref="a1")
    again = actions.take_in(raw=b'{"words": "Help me"}', channel=Channel.API, by=system("api"), at=AT, source_ref="a1")
    assert taken.state == "accepted"
    assert again.pk == taken.pk
