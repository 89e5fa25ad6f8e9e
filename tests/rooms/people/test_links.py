"""Links of one use, passwords, sessions."""

import datetime as dt
import threading
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail
from django.db import IntegrityError, connections, transaction

from recourse.kit.errors import Invalid, NotVisible, Refused, Throttled
from recourse.people import actions, tasks
from recourse.people.events import SecondFactorRemoved
from recourse.people.models import ApiKey, GuessCount, Link, Staff
from recourse.people.policy import LINK_PATH
from recourse.people.queries import actor_for_key, link_holder, sessions, waits_until
from recourse.timeline.models import Entry, Private
from recourse.timeline.reactions import Happened
from tests.rooms.people.conftest import AT, DAY, GOOD, SYSTEM, Desk, hire, told, told_of_people


def token_of(link: str) -> str:
    """Return the token of a link."""
    return link.rstrip("/").rpartition("/")[2]


def issue(desk: Desk, who: str = "ben", by: str = "ida", **more: bool) -> str:
    """Issue a link and return its token."""
    return token_of(actions.issue_link(staff_id=getattr(desk, who).pk, by=desk.by(by), at=AT, **more))


def test_a_link_stands_on_the_operators_site_is_kept_as_a_hash_and_recorded(desk: Desk, settings: object) -> None:
    settings.SITE_URL = "https://desk.company.example"  # type: ignore[attr-defined]
    link = actions.issue_link(staff_id=desk.ben.pk, by=desk.by("ida"), at=AT)
    assert link.startswith(f"https://desk.company.example{LINK_PATH}")
    secret = token_of(link).partition(":")[0]
    assert secret not in " ".join(str(value) for row in Link.objects.values_list() for value in row)
    assert secret not in " ".join(Entry.objects.values_list("payload", flat=True))
    assert told(desk.ben)[-1] == "link.issued"


def test_a_link_sets_a_password_once(desk: Desk) -> None:
    token = issue(desk)
    assert link_holder(token, at=AT) == desk.ben
    staff = actions.use_link(token=token, password=GOOD, at=AT)
    assert staff.check_password(GOOD)
    assert staff.is_password_long
    assert link_holder(token, at=AT) is None
    assert told(desk.ben)[-2:] == ["link.used", "password.set"]
    assert Entry.objects.latest("position").actor_id == f"staff:{desk.ben.pk}"
    with pytest.raises(Refused) as refused:
        actions.use_link(token=token, password="another paper clip stone", at=AT)
    assert refused.value.code == "link.dead"
    assert Staff.objects.get(pk=staff.pk).check_password(GOOD)


def test_a_first_password_has_seven_days_and_a_reset_one(desk: Desk) -> None:
    first = issue(desk)
    assert link_holder(first, at=AT + 7 * DAY - dt.timedelta(seconds=1))
    assert link_holder(first, at=AT + 7 * DAY) is None
    actions.use_link(token=first, password=GOOD, at=AT)
    reset = issue(desk)
    assert link_holder(reset, at=AT + DAY - dt.timedelta(seconds=1))
    assert link_holder(reset, at=AT + DAY) is None
    with pytest.raises(Refused):
        actions.use_link(token=reset, password=GOOD, at=AT + DAY)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda t: "",
        lambda t: " ",
        lambda t: t[:-1],
        lambda t: t + "x",
        lambda t: t.upper(),
        lambda t: t.partition(":")[0],
        lambda t: t.replace(":", ""),
        lambda t: f" {t}",
        lambda t: "None",
        lambda t: "\0",
        lambda t: "é" * 40,
        lambda t: ":" * 9,
        lambda t: ("x" if t[0] != "x" else "y") + t[1:],
        lambda t: t.swapcase(),
        lambda t: "null:" + t.partition(":")[2],
    ],
)
def test_no_other_text_is_a_link(desk: Desk, spoil: object) -> None:
    token = spoil(issue(desk))  # type: ignore[operator]
    assert link_holder(token, at=AT) is None
    with pytest.raises(Refused):
        actions.use_link(token=token, password=GOOD, at=AT)


def test_a_newer_link_a_closed_account_and_a_password_set_meanwhile_kill_a_link(desk: Desk) -> None:
    old = issue(desk)
    new = issue(desk)
    assert link_holder(old, at=AT) is None
    actions.set_password(staff_id=desk.ben.pk, password=GOOD, by=SYSTEM, at=AT)
    assert link_holder(new, at=AT) is None
    last = issue(desk)
    actions.deactivate(staff_id=desk.ben.pk, by=SYSTEM, at=AT)
    actions.reactivate(staff_id=desk.ben.pk, by=SYSTEM, at=AT)
    assert link_holder(last, at=AT) is None


def test_a_link_is_open_with_a_hash_or_spent_without_one(desk: Desk) -> None:
    issue(desk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Link.objects.update(spent_at=AT)


@pytest.mark.django_db(transaction=True)
def test_a_link_used_twice_at_once_sets_one_password() -> None:
    ida, ben = hire("ida", "administrator"), hire("ben")
    token = token_of(actions.issue_link(staff_id=ben.pk, by=SYSTEM, at=AT))
    start, outcome = threading.Barrier(2), []

    def use(password: str) -> None:
        start.wait()
        try:
            actions.use_link(token=token, password=password, at=AT)
            outcome.append(password)
        except Refused as error:
            outcome.append(error.code)
        finally:
            connections.close_all()

    passwords = [GOOD, "another river of stones"]
    threads = [threading.Thread(target=use, args=[password]) for password in passwords]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcome.count("link.dead") == 1
    assert Staff.objects.get(pk=ben.pk).check_password(next(said for said in outcome if said in passwords))
    assert ida.is_active


@pytest.mark.parametrize("who", ["lea", "ada"])
def test_only_administrators_issue_links(desk: Desk, who: str) -> None:
    with pytest.raises(Refused) as refused:
        issue(desk, "ben", who)
    assert refused.value.code == "permission.missing"


def test_nobody_issues_a_link_for_themself_by_either_account(desk: Desk) -> None:
    second = actions.hire(email="ida2@desk.example", name="Ida", same_person_as=desk.ida.pk, by=SYSTEM, at=AT)
    for staff in (desk.ida, second):
        with pytest.raises(Refused) as refused:
            actions.issue_link(staff_id=staff.pk, by=desk.by("ida"), at=AT)
        assert refused.value.code == "staff.oneself"


def test_a_closed_account_gets_no_link(desk: Desk) -> None:
    actions.deactivate(staff_id=desk.ben.pk, by=SYSTEM, at=AT)
    with pytest.raises(Refused):
        issue(desk)


@pytest.mark.parametrize(
    ("password", "is_taken"),
    [
        ("short", False),
        ("fourteen chars", False),
        ("passwordpassword", False),
        ("recourse-desk-recourse", False),
        ("x" * 1001, False),
        (GOOD, True),
        ("thirteen owls hum", True),
    ],
)
def test_a_password_keeps_the_rule_whichever_way_it_comes(desk: Desk, password: str, is_taken: bool) -> None:
    token = issue(desk)
    for use in (
        lambda: actions.use_link(token=token, password=password, at=AT),
        lambda: actions.set_password(staff_id=desk.ada.pk, password=password, by=desk.by("ada"), at=AT),
    ):
        if is_taken:
            use()
            continue
        with pytest.raises(Invalid) as refused:
            use()
        assert set(refused.value.fields) == {"password"}
    assert (link_holder(token, at=AT) is None) is is_taken


def test_eight_characters_are_enough_beside_a_second_factor(desk: Desk) -> None:
    by = desk.by("ada")
    with pytest.raises(Invalid):
        actions.set_password(staff_id=desk.ada.pk, password="kX9#vL2q", by=by, at=AT)
    Authenticator.objects.create(user=desk.ada, type="totp", data={})
    staff = actions.set_password(staff_id=desk.ada.pk, password="kX9#vL2q", by=by, at=AT)
    assert not staff.is_password_long


def test_recovery_codes_alone_are_no_second_factor(desk: Desk) -> None:
    Authenticator.objects.create(user=desk.ada, type="recovery_codes", data={})
    with pytest.raises(Invalid):
        actions.set_password(staff_id=desk.ada.pk, password="kX9#vL2q", by=desk.by("ada"), at=AT)


def test_a_password_is_hashed_with_argon2_in_its_one_form(desk: Desk) -> None:
    staff = actions.set_password(
        staff_id=desk.ada.pk, password="Zu\u0308rich by the lake, early", by=desk.by("ada"), at=AT
    )
    assert staff.password.startswith("argon2$argon2id$")
    assert staff.check_password("Z\u00fcrich by the lake, early")


def test_nobody_sets_another_persons_password(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        actions.set_password(staff_id=desk.ben.pk, password=GOOD, by=desk.by("ida"), at=AT)
    assert refused.value.code == "staff.not_oneself"


def _key(desk: Desk, who: str) -> str:
    staff = getattr(desk, who)
    return actions.make_key(
        name="k", scopes=["case:read"], expires_at=AT + 30 * DAY, owner_id=staff.pk, by=desk.by("ida"), at=AT
    ).token


def test_a_reset_ends_keys_and_a_change_ends_them_on_request(desk: Desk) -> None:
    actions.set_password(staff_id=desk.ada.pk, password=GOOD, by=SYSTEM, at=AT)
    key = _key(desk, "ada")
    actions.set_password(staff_id=desk.ada.pk, password="other river of stones", by=desk.by("ada"), at=AT)
    assert actor_for_key(key, at=AT)
    actions.set_password(staff_id=desk.ada.pk, password=GOOD, by=desk.by("ada"), at=AT, ends_keys=True)
    assert actor_for_key(key, at=AT) is None
    second = _key(desk, "ada")
    actions.use_link(token=issue(desk, "ada"), password="other river of stones", at=AT)
    assert actor_for_key(second, at=AT) is None
    assert not ApiKey.objects.filter(revoked_at__isnull=True).exists()


def test_a_lost_second_factor_is_taken_away_with_password_and_sessions(desk: Desk) -> None:
    staff = actions.set_password(staff_id=desk.ada.pk, password=GOOD, by=SYSTEM, at=AT)
    Authenticator.objects.create(user=staff, type="totp", data={})
    Authenticator.objects.create(user=staff, type="recovery_codes", data={})
    stamp = staff.get_session_auth_hash()
    token = issue(desk, "ada", drops_second_factor=True)
    after = Staff.objects.get(pk=staff.pk)
    assert not Authenticator.objects.filter(user=staff).exists()
    assert not after.has_usable_password()
    assert after.get_session_auth_hash() != stamp
    assert told(desk.ada)[-3:] == ["second_factor.removed", "second_factor.removed", "link.issued"]
    assert link_holder(token, at=AT) == staff


def _session(staff: Staff, address: str = "192.0.2.7") -> UserSession:
    store = SessionStore()
    store.create()
    return UserSession.objects.create(user=staff, ip=address, user_agent="Firefox", session_key=store.session_key)


@pytest.mark.django_db
def test_sessions_are_listed_and_ended_by_oneself_or_an_administrator(desk: Desk) -> None:
    late = AT + 365 * 50 * DAY  # what the session store calls now
    first, second, third = (_session(desk.ada) for _index in range(3))
    by, moment = desk.by("ada"), dt.datetime.now(dt.UTC)
    assert {row.id for row in sessions(desk.ada.pk, viewer=by, at=moment)} == {first.pk, second.pk, third.pk}
    assert sessions(desk.ada.pk, viewer=by, at=late) == []
    actions.end_session(staff_id=desk.ada.pk, session_id=first.pk, by=by, at=AT)
    assert not SessionStore().exists(first.session_key)
    assert actions.end_sessions(staff_id=desk.ada.pk, by=by, at=AT, except_key=second.session_key) == 1
    assert [row.id for row in sessions(desk.ada.pk, viewer=desk.by("ida"), at=moment)] == [second.pk]
    stamp = Staff.objects.get(pk=desk.ada.pk).get_session_auth_hash()
    assert actions.end_sessions(staff_id=desk.ada.pk, by=desk.by("ida"), at=AT) == 1
    assert Staff.objects.get(pk=desk.ada.pk).get_session_auth_hash() != stamp
    assert told(desk.ada)[-3:] == ["session.ended"] * 3
    with pytest.raises(NotVisible):
        actions.end_session(staff_id=desk.ada.pk, session_id=first.pk, by=by, at=AT)


def test_nobody_else_lists_or_ends_them(desk: Desk) -> None:
    mine = _session(desk.ada)
    for verb in (
        lambda: sessions(desk.ada.pk, viewer=desk.by("ben"), at=AT),
        lambda: actions.end_session(staff_id=desk.ada.pk, session_id=mine.pk, by=desk.by("ben"), at=AT),
        lambda: actions.end_sessions(staff_id=desk.ada.pk, by=desk.by("lea"), at=AT),
    ):
        with pytest.raises(Refused):
            verb()
    with pytest.raises(NotVisible):
        actions.end_session(staff_id=desk.ben.pk, session_id=mine.pk, by=desk.by("ben"), at=AT)


def guess(address: str, at: dt.datetime = AT) -> bool:
    """Guess once and tell whether the guess was taken."""
    try:
        actions.take_guess(address=address, at=at)
    except Throttled:
        return False
    return True


@pytest.mark.parametrize("address", ["ada@desk.example", "nobody@desk.example"])
def test_guessing_is_slowed_by_account_alike_for_known_and_unknown(desk: Desk, address: str) -> None:
    assert [guess(address) for _again in range(7)] == [True] * 5 + [False] * 2
    assert guess(address, AT + dt.timedelta(seconds=30))
    assert not guess(address, AT + dt.timedelta(seconds=60))
    actions.forgive_guesses(address=address)
    assert guess(address, AT + dt.timedelta(seconds=61))


def test_a_hundred_guesses_in_any_spelling_count_against_one_account(desk: Desk) -> None:
    spellings = ["ada@desk.example", "ADA@desk.example", " Ada@Desk.Example ", "aDa@DESK.example\n"]
    taken = [guess(spellings[index % 4], AT + index * dt.timedelta(seconds=1)) for index in range(100)]
    assert sum(taken) <= 8
    assert GuessCount.objects.count() == 1


def test_a_slowed_account_knows_it_and_its_address_is_not_kept(desk: Desk) -> None:
    for _again in range(5):
        guess("ada@desk.example")
    assert told(desk.ada)[-1] == "guessing.slowed"
    assert "ada" not in GuessCount.objects.get().account
    assert waits_until(GuessCount.objects.get().account, at=AT) == AT + dt.timedelta(seconds=30)
    actions.tidy(at=AT + 2 * DAY)
    assert not GuessCount.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_guesses_at_once_do_not_slip_by() -> None:
    start, taken = threading.Barrier(12), []

    def attempt() -> None:
        start.wait()
        taken.append(guess("ada@desk.example"))
        connections.close_all()

    threads = [threading.Thread(target=attempt) for _index in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken.count(True) == 5


def test_a_code_counts_once_in_five_minutes_and_for_one_account(desk: Desk) -> None:
    def spend(staff_id: UUID, minutes: int = 0) -> bool:
        return actions.spend_code(staff_id=staff_id, code="123456", at=AT + minutes * dt.timedelta(minutes=1))

    assert spend(desk.ada.pk)
    assert not spend(desk.ada.pk, 1)
    assert spend(desk.ben.pk)
    assert spend(desk.ada.pk, 6)


def test_what_happens_at_sign_in_stands_on_the_account(desk: Desk) -> None:
    actions.note_sign_in(staff_id=desk.ada.pk, method="password", at=AT)
    actions.note_second_factor(staff_id=desk.ada.pk, factor="totp", is_added=True, at=AT)
    actions.note_second_factor(staff_id=desk.ada.pk, factor="totp", is_added=False, at=AT)
    actions.note_outside_login(staff_id=desk.ada.pk, provider="company", is_connected=True, at=AT)
    actions.note_outside_login(staff_id=desk.ada.pk, provider="company", is_connected=False, at=AT)
    assert told(desk.ada)[-5:] == [
        "session.started",
        "second_factor.added",
        "second_factor.removed",
        "outside_login.connected",
        "outside_login.disconnected",
    ]
    assert set(Entry.objects.order_by("-position").values_list("audience", flat=True)[:5]) == {"restricted"}


@pytest.mark.parametrize("address", ["ada@desk.example", "nobody@desk.example", "not an address"])
def test_asking_for_a_new_password_does_the_same_for_every_address(
    desk: Desk, address: str, django_assert_num_queries: object
) -> None:
    actions.request_reset(address="warm@desk.example", at=AT)
    with django_assert_num_queries(15) as queries:  # type: ignore[operator]
        actions.request_reset(address=address, at=AT)
    assert queries
    assert told_of_people()[-1] == "reset.requested"
    assert Private.objects.latest("entry_id").note == address
    assert not Link.objects.exists()


def test_who_asks_too_often_waits(desk: Desk) -> None:
    for _again in range(5):
        actions.request_reset(address="ada@desk.example", at=AT)
    with pytest.raises(Throttled):
        actions.request_reset(address="ADA@desk.example", at=AT)


def test_the_link_is_mailed_to_the_known_address_alone(desk: Desk, settings: object) -> None:
    settings.HAS_EMAIL = True  # type: ignore[attr-defined]
    actions.mail_reset_link(address=" ADA@desk.example", at=AT)
    actions.mail_reset_link(address="nobody@desk.example", at=AT)
    actions.deactivate(staff_id=desk.ben.pk, by=SYSTEM, at=AT)
    actions.mail_reset_link(address="ben@desk.example", at=AT)
    (sent,) = mail.outbox
    assert sent.to == ["ada@desk.example"]
    token = next(line for line in sent.body.splitlines() if LINK_PATH in line)
    assert actions.use_link(token=token_of(token), password=GOOD, at=AT).pk == desk.ada.pk


def test_without_mail_nothing_is_sent_and_no_link_is_made(desk: Desk) -> None:
    actions.mail_reset_link(address="ada@desk.example", at=AT)
    actions.mail_notice(staff_id=desk.ada.pk, sentence="set a password")
    assert not mail.outbox
    assert not Link.objects.exists()


def test_people_are_told_by_mail_what_changed_on_their_account(desk: Desk, settings: object) -> None:
    settings.HAS_EMAIL = True  # type: ignore[attr-defined]
    actions.note_second_factor(staff_id=desk.ada.pk, factor="totp", is_added=False, at=AT)
    entry = Entry.objects.latest("position")
    happened = Happened(entry.position, entry.thread_id, desk.by("ada"), AT, None, "")
    tasks.mail_notice(SecondFactorRemoved.from_payload(entry.payload), happened)
    assert "removed a second factor (totp)" in mail.outbox[0].body


def test_sessions_that_have_run_out_are_tidied_away(desk: Desk) -> None:
    living, gone = _session(desk.ada), _session(desk.ada)
    SessionStore(gone.session_key).delete()
    actions.tidy(at=AT)
    assert [row.pk for row in UserSession.objects.all()] == [living.pk]
    actions.tidy(at=AT + 365 * 100 * DAY)
    assert not UserSession.objects.exists()
