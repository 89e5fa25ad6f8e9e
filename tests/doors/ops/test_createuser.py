"""`recourse createuser`: the first account, from the console."""

import io

import pytest
from django.core.management import CommandError, call_command

from recourse.kit.time import now
from recourse.people.models import Staff
from recourse.people.queries import actor_for, link_holder
from recourse.timeline.models import Entry

PASSWORD = "paper clip river stone lamp"


def run(*said: str) -> str:
    """Run the command and return what it printed."""
    printed = io.StringIO()
    call_command("createuser", *said, stdout=printed)
    return printed.getvalue().strip()


@pytest.mark.django_db
def test_it_prints_a_link_of_one_use_on_the_operators_site() -> None:
    link = run("Ida@desk.example", "Ida", "--role", "administrator", "--role", "analyst", "--zone", "Europe/Berlin")
    ida = Staff.objects.get(email="ida@desk.example")
    assert link.startswith("http://127.0.0.1:8000/accounts/link/")
    assert link_holder(link.rstrip("/").rpartition("/")[2], at=now()) == ida
    assert {"staff:edit", "figures:read"} <= actor_for(ida).permissions
    assert set(Entry.objects.filter(thread=ida.thread).values_list("actor_id", flat=True)) == {"system:console"}


@pytest.mark.django_db
def test_without_a_name_the_address_gives_one() -> None:
    run("ida@desk.example", "--role", "administrator")
    assert Staff.objects.get().name == "ida"


@pytest.mark.django_db
def test_a_password_comes_from_the_environment_and_keeps_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOURSE_PASSWORD", PASSWORD)
    assert "signs in" in run("ida@desk.example", "Ida", "--password")
    assert Staff.objects.get().check_password(PASSWORD)
    monkeypatch.setenv("RECOURSE_PASSWORD", "passwordpassword")
    with pytest.raises(CommandError, match="password"):
        run("otto@desk.example", "Otto", "--password")
    assert not Staff.objects.filter(email="otto@desk.example").exists()


@pytest.mark.django_db
def test_a_password_typed_twice_differently_makes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter([PASSWORD, "something else altogether"])
    monkeypatch.delenv("RECOURSE_PASSWORD", raising=False)
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    with pytest.raises(CommandError, match="differ"):
        run("ida@desk.example", "Ida", "--password")
    assert not Staff.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "field"),
    [
        (("nonsense", "Ida"), "email"),
        (("a@desk.example", " "), "name"),
        (("a@desk.example", "A", "--role", "king"), "roles"),
        (("a@desk.example", "A", "--zone", "Mars"), "time_zone"),
    ],
)
def test_a_wrong_word_is_refused_by_name(said: tuple[str, ...], field: str) -> None:
    with pytest.raises(CommandError, match=field):
        run(*said)
    assert not Staff.objects.exists()


@pytest.mark.django_db
def test_a_link_is_printed_again_when_nobody_is_left_who_could_make_one() -> None:
    first = run("ida@desk.example", "Ida", "--role", "administrator")
    second = run("IDA@desk.example", "--again")
    tokens = [link.rstrip("/").rpartition("/")[2] for link in (first, second)]
    assert [link_holder(token, at=now()) is not None for token in tokens] == [False, True]
    with pytest.raises(CommandError, match="Nobody"):
        run("otto@desk.example", "--again")
