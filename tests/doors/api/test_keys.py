"""Who is let in: the holder of a living key, with no more rights than key and owner share, and only at a fair pace."""

import datetime as dt

import pytest
from django.conf import settings

from recourse.api.limits import Limiter, api_limiter, stranger_limiter
from recourse.kit.errors import Throttled
from recourse.kit.time import now
from recourse.people import actions as people
from recourse.people.models import ApiKey
from tests.cast import SYSTEM, Cast
from tests.doors.api.calls import Caller, caller, key_for, said

WRONG = {
    "nothing": "",
    "an empty token": " ",
    "a word": "secret",
    "another's form": "rk_aaaaaaaaaa_" + "b" * 43,
    "control characters": "rk_\x01",
}


@pytest.mark.parametrize("token", WRONG.values(), ids=WRONG)
def test_a_token_that_is_no_key_answers_401(cast: Cast, token: str) -> None:
    response = Caller(token).get("/me")
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    assert said(response)["code"] == "key.unknown"


def test_a_key_with_its_secret_changed_answers_401(cast: Cast) -> None:
    token = key_for(cast, "ada").token
    assert Caller(token[:-1] + ("A" if token[-1] != "A" else "B")).get("/me").status_code == 401


def test_another_scheme_answers_401(cast: Cast) -> None:
    token = key_for(cast, "ada").token
    assert Caller().get("/me", Authorization=f"Basic {token}").status_code == 401


def test_a_revoked_key_answers_401_at_once(cast: Cast) -> None:
    made = key_for(cast, "ada")
    ada = Caller(made.token)
    assert ada.get("/me").status_code == 200
    people.revoke_key(key_id=made.key.pk, by=cast.by("max"), at=now())
    assert ada.get("/me").status_code == 401


def test_a_key_past_its_end_answers_401(cast: Cast) -> None:
    made = key_for(cast, "ada")
    ApiKey.objects.filter(pk=made.key.pk).update(expires_at=now() - dt.timedelta(seconds=1))
    assert Caller(made.token).get("/me").status_code == 401


def test_the_key_of_somebody_who_left_answers_401_at_once(cast: Cast) -> None:
    ada = caller(cast, "ada")
    people.deactivate(staff_id=cast.staff["ada"].pk, by=SYSTEM, at=now())
    assert ada.get("/cases").status_code == 401


def test_a_narrow_key_does_no_more_than_it_says(cast: Cast) -> None:
    case = cast.open()
    ada = caller(cast, "ada", {"case:read"})
    assert ada.get(f"/cases/{case.ref}").status_code == 200
    response = ada.post(f"/cases/{case.ref}/replies", {"text": "Hello"})
    assert (response.status_code, said(response)["code"]) == (403, "permission.missing")


def test_a_key_loses_what_its_owner_loses(cast: Cast) -> None:
    case = cast.open()
    ada = caller(cast, "ada")
    people.revoke_role(staff_id=cast.staff["ada"].pk, role="front-line agent", by=SYSTEM, at=now())
    assert ada.get(f"/cases/{case.ref}").status_code == 404
    assert said(ada.get("/me"))["permissions"] == []


def test_a_session_of_the_web_opens_nothing_here(cast: Cast) -> None:
    stranger = Caller()
    stranger.client.force_login(cast.staff["ada"], backend=settings.AUTHENTICATION_BACKENDS[0])
    assert stranger.client.get("/me/").status_code == 200
    assert stranger.get("/me").status_code == 401


def test_a_key_cannot_make_another(cast: Cast) -> None:
    body = {
        "name": "mine", "scopes": ["case:read"], "owner_id": str(cast.staff["max"].pk),
        "expires_at": (now() + dt.timedelta(days=1)).isoformat(),
    }  # fmt: skip
    assert caller(cast, "max").post("/keys", body).status_code == 403


def test_a_caller_who_is_too_quick_is_told_when_to_come_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_limiter, "rate", 0.5)
    monkeypatch.setattr(api_limiter, "burst", 3)
    api_limiter.forget()
    ada, ben = caller(cast, "ada"), caller(cast, "ben")
    assert [ada.get("/me").status_code for _call in range(4)] == [200, 200, 200, 429]
    last = ada.get("/me")
    assert (said(last)["code"], last["Retry-After"]) == ("throttled", "2")
    assert ben.get("/me").status_code == 200, "another caller has a pace of their own"


def test_guessing_keys_is_slowed_and_leaves_good_keys_alone(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stranger_limiter, "rate", 0.01)
    monkeypatch.setattr(stranger_limiter, "burst", 2)
    stranger_limiter.forget()
    guessed = [Caller(f"rk_aaaaaaaaa{number}_{'b' * 43}").get("/me").status_code for number in range(4)]
    assert guessed == [401, 401, 429, 429]
    assert caller(cast, "ada").get("/me").status_code == 200


def test_a_crowd_of_callers_does_not_wipe_what_one_has_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recourse.api.limits.CALLERS_KEPT", 10)
    limiter = Limiter(rate=0.001, burst=2)
    limiter.take("greedy")
    limiter.take("greedy")
    for number in range(30):
        limiter.take(f"passer {number}")
    with pytest.raises(Throttled):
        limiter.take("greedy")
