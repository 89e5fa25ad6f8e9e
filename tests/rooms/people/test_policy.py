"""What the rules say, without a database."""

import datetime as dt
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.people.policy import (
    ROLES,
    PasswordFault,
    Period,
    Permission,
    Surroundings,
    account_key,
    allowed_scopes,
    guess_delay,
    is_long_alone,
    key_prefix,
    key_token,
    makes_a_chain,
    normal,
    overlaps,
    password_faults,
)
from recourse.people.queries import RIGHTS, describe

NEAR = Surroundings.of(["Ada Lovelace", "ada.lovelace@acme-shop.example", "Acme Shop", "recourse"])
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
FOURTEEN = {
    "legal",
    "director",
    "front-line agent",
    "customer-experience specialist",
    "technical support",
    "gatekeeper",
    "resolver",
    "team lead",
    "department member",
    "analyst",
    "trainer",
    "finance",
    "auditor",
    "administrator",
}


def test_the_fourteen_roles_of_a_desk_are_built_in() -> None:
    assert set(ROLES) == FOURTEEN


def test_every_right_is_held_by_some_role_and_said_in_words() -> None:
    held = frozenset().union(*ROLES.values())
    assert held == set(Permission)
    assert set(RIGHTS) == set(Permission)
    assert describe("case:read") == "Read cases"
    assert describe("old:right") == "old:right"


def test_who_may_do_what_is_kept_apart() -> None:
    """Those who run the accounts read no cases; those who read everything change nothing, but judge overrides."""
    assert not ROLES["administrator"] & {Permission.CASE_READ, Permission.CASE_READ_WALLED, Permission.MESSAGE_SEND}
    reading = ("read", "export")
    assert all(right.partition(":")[2].startswith(reading) for right in ROLES["auditor"] - {Permission.APPROVAL_REVIEW})
    only_administrators = {Permission.STAFF_EDIT, Permission.KEY_MAKE, Permission.SYSTEM_OPERATE}
    for name, rights in ROLES.items():
        assert name == "administrator" or not rights & only_administrators
    for name in ("front-line agent", "customer-experience specialist", "technical support"):
        assert Permission.ESCALATION_REQUEST in ROLES[name]
        assert Permission.ESCALATION_GATE not in ROLES[name]
    assert Permission.ESCALATION_REQUEST not in ROLES["gatekeeper"]


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "Password123!Password",
        "123456789012345",
        "qwertyuiopasdfgh",
        "aaaaaaaaaaaaaaa",
        "P@ssw0rdP@ssw0rd!!",
        "acmeshopacmeshop",
        "adalovelace2026!",
        "Recourse-Acme-Shop",
        "Summer2026!Summer2026!",
        "iloveyouforever123",
        "dragonmonkeyshadow",
        "abcdefghijklmnop",
        "1q2w3e4r5t6y7u8i",
        "0987654321098765",
        "WelcomeWelcome01",
        "administrator2026",
        "changeme-changeme",
        "111111111111111111",
        "lovelovelovelove",
    ],
)
def test_what_guessers_try_first_is_refused_however_long(password: str) -> None:
    assert PasswordFault.GUESSABLE in password_faults(password, has_second_factor=False, near=NEAR)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "paper clip river stone",
        "лошадь батарея скрепка",
        "kX9#vL2qP!mz84T",
        "kühler Wind über Feld",
        "thirteen owls hum",
        "見知らぬ橋の上で二度目の雨が降り出した",
    ],
)
def test_a_sentence_of_ones_own_is_taken_in_any_script_without_digits_or_signs(password: str) -> None:
    assert password_faults(password, has_second_factor=False, near=NEAR) == ()


def test_fifteen_characters_alone_and_eight_beside_a_second_factor() -> None:
    short, fourteen, fifteen = "kX9#vL2", "kX9#vL2qP!mz84", "kX9#vL2qP!mz84T"
    assert password_faults(fourteen, has_second_factor=False, near=NEAR) == (PasswordFault.TOO_SHORT,)
    assert password_faults(fifteen, has_second_factor=False, near=NEAR) == ()
    assert password_faults("kX9#vL2q", has_second_factor=True, near=NEAR) == ()
    assert PasswordFault.TOO_SHORT in password_faults(short, has_second_factor=True, near=NEAR)
    assert is_long_alone(fifteen)
    assert not is_long_alone(fourteen)


def test_a_password_of_a_megabyte_is_refused_without_being_read() -> None:
    assert password_faults("x" * 1_000_000, has_second_factor=False, near=NEAR) == (PasswordFault.TOO_LONG,)


@given(st.text(max_size=300))
def test_every_text_gets_a_verdict(password: str) -> None:
    faults = password_faults(password, has_second_factor=True, near=NEAR)
    assert (PasswordFault.TOO_SHORT in faults) == (len(normal(password)) < 8)


def test_one_password_has_one_form_however_it_was_composed() -> None:
    assert normal("Zu\u0308rich") == normal("Z\u00fcrich")
    assert normal("ｆｕｌｌ") == "full"


def test_guessing_is_free_five_times_then_ever_slower_up_to_a_quarter_of_an_hour() -> None:
    assert [guess_delay(n).total_seconds() for n in range(12)] == [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900]
    assert guess_delay(100_000) == dt.timedelta(minutes=15)


def test_an_address_is_one_account_in_any_spelling() -> None:
    assert account_key(" Ada@Desk.EXAMPLE\n") == account_key("ada@desk.example")


def test_a_token_shows_its_prefix_and_nothing_else_is_a_token() -> None:
    token = key_token("abcdefgh23", "A" * 43)
    assert key_prefix(token) == "abcdefgh23"
    for wrong in (
        "",
        "rk_",
        token[:-1],
        token + "A",
        token.upper(),
        f" {token}",
        token.replace("rk_", "sk_"),
        "\0" * 57,
    ):
        assert key_prefix(wrong) is None


def test_a_key_may_do_what_both_it_and_its_owner_may() -> None:
    assert allowed_scopes(["case:read", "case:open"], {"case:read", "staff:edit"}) == {"case:read"}


def _period(giver: object, receiver: object, start: int, end: int) -> Period:
    hours = dt.timedelta(hours=1)
    return Period(giver, receiver, NOON + start * hours, NOON + end * hours)  # type: ignore[arg-type]


def test_periods_that_touch_do_not_overlap() -> None:
    a, b = uuid4(), uuid4()
    assert not overlaps(_period(a, b, 0, 1), _period(a, b, 1, 2))
    assert overlaps(_period(a, b, 0, 2), _period(a, b, 1, 3))


def test_a_delegation_is_neither_passed_on_nor_returned() -> None:
    a, b, c = uuid4(), uuid4(), uuid4()
    standing = [_period(a, b, 0, 5)]
    assert makes_a_chain(_period(b, c, 1, 2), standing)
    assert makes_a_chain(_period(c, a, 1, 2), standing)
    assert makes_a_chain(_period(b, a, 1, 2), standing)
    assert not makes_a_chain(_period(b, c, 5, 6), standing)
    assert not makes_a_chain(_period(a, c, 1, 2), standing)
    assert not makes_a_chain(_period(c, b, 1, 2), standing)
