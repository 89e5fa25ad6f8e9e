"""API keys: made once, acting within their owner's rights, ending in time."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recourse.kit.actor import ActorKind
from recourse.kit.errors import Invalid, NotVisible, Refused
from recourse.people import actions
from recourse.people.models import ApiKey
from recourse.people.queries import actor_for, actor_for_key, key_one, keys, standing
from recourse.timeline.models import Entry
from tests.rooms.people.conftest import AT, DAY, HOUR, SYSTEM, Desk, told

SCOPES = ("case:read", "case:open")


def make(desk: Desk, owner: str = "ada", by: str = "ida", **given: object) -> actions.NewKey:
    """Make a key for somebody."""
    said: dict[str, object] = {"name": "Shop", "scopes": SCOPES, "expires_at": AT + 30 * DAY, **given}
    return actions.make_key(owner_id=getattr(desk, owner).pk, by=desk.by(by), at=AT, **said)  # type: ignore[arg-type]


def test_a_key_is_shown_once_and_kept_as_a_hash(desk: Desk) -> None:
    made = make(desk)
    stored = " ".join(str(value) for row in ApiKey.objects.values_list() for value in row)
    recorded = " ".join(Entry.objects.values_list("payload", flat=True))
    secret = made.token.rpartition("_")[2]
    assert secret not in stored
    assert secret not in recorded
    assert made.key.prefix in made.token
    assert told(desk.ada)[-1] == "key.made"


def test_a_key_acts_as_its_owner_within_its_scopes(desk: Desk) -> None:
    actor = actor_for_key(make(desk).token, at=AT)
    assert actor is not None
    assert (actor.kind, actor.staff_id, actor.permissions) == (ActorKind.API_KEY, desk.ada.pk, frozenset(SCOPES))
    assert actor.team_ids == {desk.care.pk}


def test_a_key_loses_what_its_owner_loses_at_once(desk: Desk) -> None:
    token = make(desk).token
    actions.revoke_role(staff_id=desk.ada.pk, role="front-line agent", by=SYSTEM, at=AT)
    actor = actor_for_key(token, at=AT)
    assert actor is not None
    assert actor.permissions == frozenset()
    actions.grant_role(staff_id=desk.ada.pk, role="auditor", by=SYSTEM, at=AT)
    again = actor_for_key(token, at=AT)
    assert again is not None
    assert again.permissions == {"case:read"}


def test_a_key_ends_in_time_when_revoked_and_with_its_owner(desk: Desk) -> None:
    token = make(desk).token
    assert actor_for_key(token, at=AT + 30 * DAY - dt.timedelta(seconds=1))
    assert actor_for_key(token, at=AT + 30 * DAY) is None
    other = make(desk)
    actions.revoke_key(key_id=other.key.pk, by=desk.by("ida"), at=AT)
    assert actor_for_key(other.token, at=AT) is None
    actions.deactivate(staff_id=desk.ada.pk, by=SYSTEM, at=AT)
    assert actor_for_key(token, at=AT) is None


def test_one_look_up_by_an_index_for_every_text_right_or_wrong(desk: Desk) -> None:
    token = make(desk).token
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    for text, is_right in (
        (token, True),
        (forged, False),
        ("", False),
        ("rk_zzzzzzzzzz_" + "A" * 43, False),
        ("é\0", False),
    ):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert (actor_for_key(text, at=AT) is not None) is is_right
        assert len(queries) == 1
        assert '"prefix" =' in queries[0]["sql"]


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("expires_at", {"expires_at": AT}), ("expires_at", {"expires_at": AT + 367 * DAY}), ("name", {"name": "\n"}),
        ("scopes", {"scopes": []}), ("scopes", {"scopes": ["staff:edit"]}), ("scopes", {"scopes": ["no:such"]}),
    ],
)  # fmt: skip
def test_a_wrong_key_is_refused_by_field(desk: Desk, field: str, given: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refused:
        make(desk, **given)
    assert set(refused.value.fields) == {field}
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("who", ["lea", "ada"])
def test_keys_are_made_and_changed_only_with_the_right(desk: Desk, who: str) -> None:
    key = make(desk, "ben").key
    verbs = [
        lambda: make(desk, who, who),
        lambda: actions.edit_key(key_id=key.pk, name="X", scopes=SCOPES, by=desk.by(who), at=AT),
        lambda: actions.revoke_key(key_id=key.pk, by=desk.by(who), at=AT),
    ]
    for verb in verbs:
        with pytest.raises(Refused) as refused:
            verb()
        assert refused.value.code == "permission.missing"


def test_a_key_makes_no_keys_no_links_and_no_passwords_whatever_its_scopes(desk: Desk) -> None:
    token = make(desk, "ida", "otto", scopes=["key:make", "staff:edit"]).token
    by = actor_for_key(token, at=AT)
    assert by is not None
    verbs = [
        lambda: actions.make_key(
            name="k", scopes=["staff:edit"], expires_at=AT + DAY, owner_id=desk.ida.pk, by=by, at=AT
        ),
        lambda: actions.issue_link(staff_id=desk.ben.pk, by=by, at=AT),
        lambda: actions.set_password(staff_id=desk.ida.pk, password="paper clip river stone", by=by, at=AT),
    ]
    for verb in verbs:
        with pytest.raises(Refused) as refused:
            verb()
        assert refused.value.code == "key.not_by_key"


def test_a_key_gets_another_name_and_other_scopes_but_never_more_than_its_owner(desk: Desk) -> None:
    key = make(desk).key
    actions.edit_key(key_id=key.pk, name="Till", scopes=["case:read"], by=desk.by("ida"), at=AT)
    kept = ApiKey.objects.get(pk=key.pk)
    assert (kept.name, kept.scopes) == ("Till", ["case:read"])
    assert told(desk.ada)[-1] == "key.edited"
    with pytest.raises(Invalid):
        actions.edit_key(key_id=key.pk, name="Till", scopes=["staff:edit"], by=desk.by("ida"), at=AT)
    actions.revoke_key(key_id=key.pk, by=desk.by("ada"), at=AT)
    with pytest.raises(Refused):
        actions.edit_key(key_id=key.pk, name="Till", scopes=["case:read"], by=desk.by("ida"), at=AT)
    with pytest.raises(Refused):
        actions.revoke_key(key_id=key.pk, by=desk.by("ada"), at=AT)


def test_use_is_noted_at_most_once_a_minute(desk: Desk) -> None:
    made = make(desk)
    seen = []
    for seconds in (0, 30, 59, 60, 90):
        with CaptureQueriesContext(connection) as queries:
            assert actions.use_key(token=made.token, at=AT + dt.timedelta(seconds=seconds))
        seen.append(len(queries))
    assert seen == [2, 1, 1, 2, 1]
    assert ApiKey.objects.get(pk=made.key.pk).last_used_at == AT + dt.timedelta(seconds=60)
    assert actions.use_key(token="rk_nothing", at=AT) is None


def test_everybody_sees_their_own_keys_and_who_makes_keys_sees_all(desk: Desk) -> None:
    mine, others = make(desk).key, make(desk, "ben").key
    assert list(keys(viewer=desk.by("ada"), owner_id=desk.ada.pk)) == [mine]
    assert set(keys(viewer=desk.by("ida"))) == {mine, others}
    assert key_one(mine.pk, viewer=desk.by("ada")) == mine
    with pytest.raises(Refused):
        keys(viewer=desk.by("ada"))
    with pytest.raises(NotVisible):
        key_one(others.pk, viewer=desk.by("ada"))


def test_rights_and_teams_come_in_one_query_and_are_never_stale(desk: Desk) -> None:
    actions.grant_role(staff_id=desk.ada.pk, role="trainer", by=SYSTEM, at=AT)
    with CaptureQueriesContext(connection) as queries:
        before = actor_for(desk.ada)
    assert len(queries) == 1
    assert {"case:work", "figures:read"} <= before.permissions
    actions.revoke_role(staff_id=desk.ada.pk, role="front-line agent", by=SYSTEM, at=AT + HOUR)
    assert "case:work" not in actor_for(desk.ada).permissions
    held = standing(desk.ada.pk)
    assert (held.roles, held.has_second_factor) == ({"trainer"}, False)
