"""An edition from its draft to its publication: who may, who may not, and what stands on the record."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from recourse.handbook import actions, queries
from recourse.handbook.models import Edition
from recourse.handbook.policy.reading import default_rules
from recourse.handbook.policy.writing import write_toml
from recourse.kit.actor import Actor, system
from recourse.kit.errors import Invalid, NotVisible, RecourseError, Refused, Stale
from recourse.kit.ids import uuid7
from recourse.people.models import Staff
from recourse.people.queries import actor_for
from recourse.timeline.actions import open_thread
from recourse.timeline.models import Entry
from tests.cast import AT, Cast

PATH = "escalation.gate.pass_through_percent"
LATER = AT + dt.timedelta(hours=1)


def drafted(cast: Cast, *, by: str = "lea", value: int = 7) -> Edition:
    """Return a draft with one change."""
    draft = actions.start_draft(by=cast.by(by), at=AT)
    return actions.set_value(draft.pk, path=PATH, value=value, seen=draft.version, by=cast.by(by), at=AT)


def proposed(cast: Cast, *, by: str = "lea") -> Edition:
    """Return a proposal with one change."""
    draft = drafted(cast, by=by)
    return actions.propose(draft.pk, note="Misses are too rare to see.", seen=draft.version, by=cast.by(by), at=AT)


def published(cast: Cast, **given: Any) -> Edition:
    """Return edition 2, proposed by the lead and published by the administrator."""
    edition = proposed(cast)
    given.setdefault("at", LATER)
    return actions.publish(edition.pk, seen=edition.version, by=cast.by("max"), **given)


def events(edition: Edition) -> list[str]:
    """Return the names of the events on an edition's thread, in order."""
    return list(Entry.objects.filter(thread=edition.thread_id).order_by("number").values_list("event", flat=True))


def second_account(of: Staff) -> Actor:
    """Return another account of the same human, with the same roles."""
    other = Staff.objects.create(
        email="too@desk.example", name=of.name, person_id=of.person_id, joined_at=AT, thread=open_thread("staff")
    )
    for grant in of.grants.all():
        other.grants.create(role=grant.role)
    return actor_for(other)


def test_an_edition_goes_from_draft_to_force_by_two_people(cast: Cast) -> None:
    edition = published(cast)
    assert (edition.number, edition.state) == (2, "published")
    assert edition.author == cast.staff["lea"]
    assert edition.publisher == cast.staff["max"]
    assert edition.rules.escalation.gate.pass_through_percent == 7
    assert events(edition) == ["handbook.drafted", "handbook.edited", "handbook.proposed", "handbook.published"]
    last = Entry.objects.filter(thread=edition.thread_id).latest("number")
    assert last.edition == 2
    assert queries.edition_at(LATER) == edition


def test_the_authors_reasons_stand_beside_the_record_and_not_in_it(cast: Cast) -> None:
    edition = proposed(cast)
    entry = Entry.objects.get(thread=edition.thread_id, event="handbook.proposed")
    assert "Misses" not in entry.payload
    assert entry.private.note == "Misses are too rare to see."


def test_nobody_publishes_what_they_wrote(cast: Cast) -> None:
    edition = proposed(cast)
    with pytest.raises(Refused, match="somebody else") as refused:
        actions.publish(edition.pk, seen=edition.version, by=cast.by("lea"), at=LATER)
    assert refused.value.code == "handbook.second_person"
    assert Edition.objects.get(pk=edition.pk).state == "proposed"


def test_an_editor_of_somebody_elses_draft_does_not_publish_it(cast: Cast) -> None:
    draft = drafted(cast)
    draft = actions.set_value(draft.pk, path=PATH, value=8, seen=draft.version, by=cast.by("max"), at=AT)
    edition = actions.propose(draft.pk, note="Why", seen=draft.version, by=cast.by("lea"), at=AT)
    with pytest.raises(Refused) as refused:
        actions.publish(edition.pk, seen=edition.version, by=cast.by("max"), at=LATER)
    assert refused.value.code == "handbook.second_person"


def test_a_second_account_of_the_author_does_not_publish(cast: Cast) -> None:
    edition = proposed(cast)
    with pytest.raises(Refused) as refused:
        actions.publish(edition.pk, seen=edition.version, by=second_account(cast.staff["lea"]), at=LATER)
    assert refused.value.code == "handbook.second_person"


def test_nobody_publishes_on_the_authors_behalf(cast: Cast) -> None:
    edition = proposed(cast)
    delegate = cast.by("max").for_someone(cast.staff["lea"].pk)
    with pytest.raises(Refused) as refused:
        actions.publish(edition.pk, seen=edition.version, by=delegate, at=LATER)
    assert refused.value.code == "handbook.second_person"


@pytest.mark.parametrize("nick", ["ada", "gil", "rosa", "ana", "fin", "aud", "dan"])
def test_without_the_right_nobody_drafts_edits_or_publishes(cast: Cast, nick: str) -> None:
    edition = proposed(cast)
    by, seen = cast.by(nick), edition.version
    verbs: list[Callable[[], Any]] = [
        lambda: actions.start_draft(by=by, at=AT),
        lambda: actions.edit_draft(edition.pk, text="", seen=seen, by=by, at=AT),
        lambda: actions.set_value(edition.pk, path=PATH, value=1, seen=seen, by=by, at=AT),
        lambda: actions.propose(edition.pk, note="x", seen=seen, by=by, at=AT),
        lambda: actions.take_back(edition.pk, seen=seen, by=by, at=AT),
        lambda: actions.publish(edition.pk, seen=seen, by=by, at=AT),
        lambda: actions.discard(edition.pk, seen=seen, by=by, at=AT),
    ]
    for verb in verbs:
        with pytest.raises(Refused) as refused:
            verb()
        assert refused.value.code == "permission.missing"
    edition.refresh_from_db()
    assert edition.state == "proposed"


def test_a_program_without_a_person_changes_no_rules(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        actions.start_draft(by=system("robot"), at=AT)
    assert refused.value.code == "handbook.needs_person"


def test_one_draft_is_open_at_a_time(cast: Cast) -> None:
    drafted(cast)
    with pytest.raises(Refused) as refused:
        actions.start_draft(by=cast.by("max"), at=AT)
    assert refused.value.code == "handbook.draft_open"


def test_a_stale_edit_is_stopped_and_changes_nothing(cast: Cast) -> None:
    draft = drafted(cast)
    with pytest.raises(Stale) as stale:
        actions.set_value(draft.pk, path=PATH, value=1, seen=draft.version - 1, by=cast.by("max"), at=AT)
    assert stale.value.current == draft.version
    draft.refresh_from_db()
    assert draft.rules.escalation.gate.pass_through_percent == 7


def test_what_was_seen_is_what_is_published(cast: Cast) -> None:
    edition = proposed(cast)
    seen = edition.version
    edition = actions.take_back(edition.pk, seen=seen, by=cast.by("lea"), at=AT)
    edition = actions.set_value(edition.pk, path=PATH, value=0, seen=edition.version, by=cast.by("lea"), at=AT)
    actions.propose(edition.pk, note="Once more", seen=edition.version, by=cast.by("lea"), at=AT)
    with pytest.raises(Stale):
        actions.publish(edition.pk, seen=seen, by=cast.by("max"), at=LATER)


@pytest.mark.parametrize("move", ["edit", "propose", "take_back", "publish", "discard"])
@pytest.mark.parametrize("state", ["draft", "proposed", "published", "discarded"])
def test_every_move_is_made_from_its_states_alone(cast: Cast, move: str, state: str) -> None:
    edition = {
        "draft": lambda: drafted(cast),
        "proposed": lambda: proposed(cast),
        "published": lambda: published(cast, at=AT),
        "discarded": lambda: _discarded(cast),
    }[state]()
    seen, lea, new = edition.version, cast.by("lea"), write_toml(default_rules())
    verbs: dict[str, Callable[[], Any]] = {
        "edit": lambda: actions.edit_draft(edition.pk, text=new, seen=seen, by=lea, at=LATER),
        "propose": lambda: actions.propose(edition.pk, note="Why", seen=seen, by=lea, at=LATER),
        "take_back": lambda: actions.take_back(edition.pk, seen=seen, by=lea, at=LATER),
        "publish": lambda: actions.publish(edition.pk, seen=seen, by=cast.by("max"), at=LATER),
        "discard": lambda: actions.discard(edition.pk, seen=seen, by=lea, at=LATER),
    }
    shown = {one.name: one for one in queries.allowed_moves(edition, viewer=cast.by("max"))}[move]
    if shown.is_allowed:
        verbs[move]()
    else:
        with pytest.raises(Refused) as refused:
            verbs[move]()
        assert refused.value.code == shown.refusal


def _discarded(cast: Cast) -> Edition:
    draft = drafted(cast)
    return actions.discard(draft.pk, seen=draft.version, by=cast.by("lea"), at=AT)


def test_the_buttons_say_why_the_author_may_not_publish(cast: Cast) -> None:
    edition = proposed(cast)
    shown = {one.name: one for one in queries.allowed_moves(edition, viewer=cast.by("lea"))}
    assert shown["publish"].refusal == "handbook.second_person"
    assert shown["take_back"].is_allowed
    assert {one.refusal for one in queries.allowed_moves(edition, viewer=cast.by("ada"))} == {"permission.missing"}


def test_a_whole_handbook_is_edited_as_toml_and_each_mistake_is_named(cast: Cast) -> None:
    draft = drafted(cast)
    text = write_toml(draft.rules).replace('calendar = "london"', 'calendar = "paris"', 1)
    with pytest.raises(Invalid) as invalid:
        actions.edit_draft(draft.pk, text=text, seen=draft.version, by=cast.by("lea"), at=AT)
    assert invalid.value.fields == {"clocks.calendar": ["There is no calendar “paris”."]}
    good = write_toml(draft.rules).replace("bounce_limit = 2", "bounce_limit = 3")
    edited = actions.edit_draft(draft.pk, text=good, seen=draft.version, by=cast.by("lea"), at=AT)
    assert edited.rules.escalation.bounce_limit == 3
    assert edited.version == draft.version + 1


def test_an_edit_that_changes_nothing_leaves_no_trace(cast: Cast) -> None:
    draft = drafted(cast)
    text = write_toml(draft.rules)
    again = actions.edit_draft(draft.pk, text=text, seen=draft.version, by=cast.by("max"), at=AT)
    assert again.version == draft.version
    assert events(again) == ["handbook.drafted", "handbook.edited"]


def test_a_changed_calendar_gets_its_next_version_by_itself(cast: Cast) -> None:
    draft = drafted(cast)
    edited = actions.take_public_holidays(
        draft.pk, calendar="london", country="GB", subdivision="SCT", years=range(2026, 2028),
        seen=draft.version, by=cast.by("lea"), at=AT,
    )  # fmt: skip
    calendar = edited.rules.calendar("london")
    assert calendar.version == 2
    assert calendar.source.endswith("GB-SCT, 2026 to 2027")
    assert dt.date(2026, 11, 30) in {day.on for day in calendar.holidays}


@pytest.mark.parametrize(("calendar", "country"), [("paris", "GB"), ("london", "XX")])
def test_holidays_of_nowhere_are_refused(cast: Cast, calendar: str, country: str) -> None:
    draft = drafted(cast)
    with pytest.raises(Invalid):
        actions.take_public_holidays(
            draft.pk, calendar=calendar, country=country, subdivision=None, years=range(2026, 2027),
            seen=draft.version, by=cast.by("lea"), at=AT,
        )  # fmt: skip


def test_a_draft_that_says_the_same_is_not_proposed(cast: Cast) -> None:
    draft = actions.start_draft(by=cast.by("lea"), at=AT)
    with pytest.raises(Refused) as refused:
        actions.propose(draft.pk, note="Why", seen=draft.version, by=cast.by("lea"), at=AT)
    assert refused.value.code == "handbook.unchanged"


@pytest.mark.parametrize("note", ["", "   ", "\u200b"])
def test_a_proposal_says_why(cast: Cast, note: str) -> None:
    draft = drafted(cast)
    with pytest.raises(Invalid, match="note"):
        actions.propose(draft.pk, note=note, seen=draft.version, by=cast.by("lea"), at=AT)


@pytest.mark.parametrize(
    ("path", "value"),
    [("escalation.tiers[tier_1].team", "nobody"), ("escalation.tiers[tier_1].required_roles", ["wizard"])],
)
def test_teams_and_roles_that_the_company_lacks_stop_a_proposal(cast: Cast, path: str, value: Any) -> None:
    draft = drafted(cast)
    draft = actions.set_value(draft.pk, path=path, value=value, seen=draft.version, by=cast.by("lea"), at=AT)
    with pytest.raises(Invalid) as invalid:
        actions.propose(draft.pk, note="Why", seen=draft.version, by=cast.by("lea"), at=AT)
    assert list(invalid.value.fields) == [path]


@pytest.mark.parametrize("ago", [dt.timedelta(seconds=1), dt.timedelta(days=400)])
def test_no_edition_takes_effect_in_the_past(cast: Cast, ago: dt.timedelta) -> None:
    with pytest.raises(Invalid, match="past"):
        published(cast, effective_at=LATER - ago)


def test_an_edition_does_not_overtake_the_one_before_it(cast: Cast) -> None:
    published(cast, effective_at=LATER + dt.timedelta(days=30))
    draft = drafted(cast, value=9)
    edition = actions.propose(draft.pk, note="Why", seen=draft.version, by=cast.by("lea"), at=LATER)
    with pytest.raises(Invalid, match="Edition 2 takes effect later"):
        actions.publish(edition.pk, seen=edition.version, by=cast.by("max"), at=LATER)


def test_an_absent_edition_is_not_visible(cast: Cast) -> None:
    verbs: list[Callable[[], Any]] = [
        lambda: queries.edition(uuid7(), viewer=cast.by("lea")),
        lambda: queries.edition_numbered(99),
        lambda: actions.discard(uuid7(), seen=1, by=cast.by("lea"), at=AT),
    ]
    for verb in verbs:
        with pytest.raises(NotVisible):
            verb()


def test_the_defaults_are_installed_once_and_by_the_system_alone(cast: Cast) -> None:
    assert actions.install_defaults(by=system("install"), at=LATER) == cast.edition
    assert Edition.objects.count() == 1
    assert (cast.edition.number, cast.edition.author, cast.edition.publisher) == (1, None, None)


@pytest.mark.django_db
def test_without_any_edition_the_rules_are_refused_with_a_reason() -> None:
    with pytest.raises(Refused) as refused:
        queries.edition_at(AT)
    assert refused.value.code == "handbook.no_edition"
    with pytest.raises(RecourseError):
        actions.install_defaults(by=Actor(kind="staff", id="staff:x"), at=AT)  # type: ignore[arg-type]


def test_the_history_shows_every_edition_newest_first(cast: Cast) -> None:
    second = published(cast)
    gone = _discarded(cast)
    assert list(queries.history(viewer=cast.by("aud"))) == [second, cast.edition, gone]
    assert [str(change) for change in queries.differences(cast.edition, second)] == [
        "Gate: refusals let through to measure misses, percent 3 → 7"
    ]
