"""The search box: any text can be asked, filters mean what they say, and nobody finds what they may not see."""

import datetime as dt
import json
import random
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recourse.cases import actions
from recourse.cases.models import Case, Hold
from recourse.cases.policy import FAR, Channel, Priority, Severity, Stage
from recourse.cases.policy.asking import READERS, Filter, Is, Question, read
from recourse.cases.queries.asking import answer, end_of_day
from recourse.cases.queries.lists import count, list_cases, queue_counts, queues, saved_views, view_counts
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.kit.ids import uuid7
from recourse.search.actions import Text, index
from recourse.search.policy import Kind, Phrase, holds, joined, phrase
from tests.cast import AT, SYSTEM, Cast
from tests.rooms.cases.test_visibility import may_see
from tests.rooms.cases.verbs import fresh

NAUGHTY = Path(__file__).resolve().parents[4] / "shared" / "data" / "naughty_strings"
WORDS = ["lamp", "broken", "refund", "late", "parcel", "größe", "退款", "twice", "invoice"]


def words(*texts: str) -> tuple[Phrase, ...]:
    """Return phrases."""
    return tuple(found for text in texts if (found := phrase(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Question()),
        ("late parcels", Question(words=words("late", "parcel"))),
        ('"late parcel" -refund', Question(words=words("late parcel"), words_not=words("refund"))),
        ("RC-1042 cu-7", Question(cases=(1042,), customers=(7,))),
        ("#W2611340", Question(words=words("w2611340"))),
        ("queue:Care -stage:closed", Question((Filter("queue", "care"), Filter("stage", "closed", is_not=True)))),
        ('from:"Jane Doe"', Question((Filter("from", "Jane Doe"),))),
        ("is:front-line tier:front-line", Question((Filter("tier", "front_line"),), words("is front line"))),
        ("stage:done", Question(words=words("stage done"))),
        ("password:secret", Question(words=words("password secret"))),
        ("due:<0d", Question(words=words("due 0d"))),
        ("- -- :: due: owner:", Question(words=words("due", "owner"))),
    ],
)
def test_a_question_is_read_in_parts_and_the_rest_as_words(text: str, expected: Question) -> None:
    assert read(text) == expected


def desk(cast: Cast, seed: int, size: int = 40) -> list[Case]:
    """Return cases with everything that can be asked for, by chance; some with internal and public messages."""
    draw = random.Random(seed)
    cases = []
    for number in range(size):
        case = cast.open(
            " ".join(draw.sample(WORDS, 3)),
            by="system",
            queue=cast.queue(draw.choice(list(cast.queues))),
            customer=draw.choice([cast.jane, cast.omar, None]),
            channel=draw.choice(list(Channel)),
            severity=draw.choice(list(Severity)),
            priority=draw.choice(list(Priority)),
            order_refs=[f"#W{number % 7}"],
            family=draw.choice(["", "delivery", "payment"]),
        )
        case.is_restricted = draw.random() < 0.2
        case.owner = cast.staff[draw.choice(list(cast.staff))] if draw.random() < 0.5 else None
        case.stage = draw.choice([Stage.NEW, Stage.NEW, Stage.RESOLVED, Stage.CLOSED])
        case.is_waiting = draw.random() < 0.2
        case.due_at = draw.choice(
            [FAR, AT - dt.timedelta(hours=1), AT + dt.timedelta(hours=5), AT + dt.timedelta(days=3)]
        )
        case.reopened_times = draw.randint(0, 1)
        case.save()
        if draw.random() < 0.1:
            Hold.objects.create(case=case, reason="promise_open", placed_at=AT)
        if draw.random() < 0.5:
            said = [draw.choice(WORDS), "secretly" if draw.random() < 0.3 else "openly"]
            index([Text(kind=Kind.MESSAGE, key=uuid7(), case_id=case.pk, parts=said, is_internal=draw.random() < 0.5)])
            case.said = " ".join(said)  # type: ignore[attr-defined]
        cases.append(case)
    return cases


def matches(case: Case, wanted: Filter, viewer: Actor) -> bool:
    """Return what one filter means, slowly and plainly."""
    value = wanted.value
    if wanted.name in {"stage", "severity", "priority", "channel", "family", "tier", "impact"}:
        return bool(getattr(case, wanted.name) == value)
    if wanted.name == "queue":
        return case.queue.slug == value
    if wanted.name == "owner":
        return (
            (case.owner is None)
            if value == "none"
            else (case.owner_id is not None and case.owner_id == viewer.staff_id)
        )
    if wanted.name == "due":
        ends = {"overdue": AT, "today": end_of_day(AT, "UTC"), "any": FAR, "<2d": AT + dt.timedelta(days=2)}
        return case.due_at == FAR if value == "none" else case.due_at < ends[value]
    if wanted.name == "from":
        known = {"jane.doe@example.com": "Jane Doe", "+442071838750": "Omar Haddad", "omar": "Omar Haddad"}
        return viewer.can("customer:read") and case.customer is not None and case.customer.name == known[value]
    if wanted.name == "order":
        return value in case.order_refs
    return {
        Is.OPEN: case.stage in {"new", "working"},
        Is.DONE: case.stage in {"resolved", "closed"},
        Is.WAITING: case.is_waiting,
        Is.UNOWNED: case.owner_id is None,
        Is.MINE: viewer.staff_id is not None and case.owner_id == viewer.staff_id,
        Is.RESTRICTED: case.is_restricted,
        Is.REOPENED: case.reopened_times > 0,
        Is.HELD: Hold.objects.filter(case=case, lifted_at__isnull=True).exists(),
        Is.MERGED: False,
        Is.CONTACT: False,
        Is.VULNERABLE: False,
    }[Is(value)]


def slowly(cases: list[Case], asked: Question, viewer: Actor) -> set[int]:
    """Return the numbers of the cases that a question asks for, one by one."""
    about_stage = {"stage", "open", "done", "merged"}
    tells = asked.words or any({one.name, one.value} & about_stage for one in asked.filters)

    def has(case: Case, wanted: Phrase) -> bool:
        texts = [case.ref, case.subject, case.family, *case.order_refs]
        return holds(joined(texts), wanted) or holds(joined([getattr(case, "said", "")]), wanted)

    return {
        case.number
        for case in cases
        if may_see(case, viewer)
        and all(matches(case, one, viewer) != one.is_not for one in asked.filters)
        and all(has(case, wanted) for wanted in asked.words)
        and not any(has(case, wanted) for wanted in asked.words_not)
        and (tells or case.stage in {"new", "working"})
    }


FILTERS = [
    *(f"stage:{stage}" for stage in ("new", "resolved", "closed")),
    *(f"severity:{severity}" for severity in Severity),
    *(f"priority:{priority}" for priority in Priority),
    *(f"channel:{channel}" for channel in Channel),
    *(f"is:{word}" for word in Is),
    *(f"due:{word}" for word in ("overdue", "today", "none", "any", "<2d")),
    *("queue:care", "queue:privacy", "queue:nowhere", "owner:me", "owner:none", "family:delivery", "order:#W3"),
    *("from:jane.doe@example.com", "from:+442071838750", "from:omar"),
]


@pytest.mark.parametrize("nick", ["ada", "pia", "lea", "aud", "dan", "ana", "max"])
def test_filters_and_words_mean_what_they_say_under_the_viewers_rights(cast: Cast, nick: str) -> None:
    cases, viewer, draw = desk(cast, seed=7), cast.by(nick), random.Random(nick)
    for _index in range(50):
        parts = draw.sample(FILTERS, draw.randint(0, 2)) + draw.sample(WORDS, draw.randint(0, 2))
        text = " ".join(f"-{part}" if draw.random() < 0.25 else part for part in parts)
        found = answer(text, viewer=viewer, at=AT)
        assert {case.number for case in found} == slowly(cases, read(text), viewer), text
        assert count(text, viewer=viewer, at=AT).number == len(set(found))


def test_what_stands_in_a_note_finds_nothing_for_those_who_may_not_read_notes(cast: Cast) -> None:
    case = cast.open()
    index([Text(kind=Kind.MESSAGE, key=uuid7(), case_id=case.pk, parts=["suspected fraud"], is_internal=True)])
    index([Text(kind=Kind.MESSAGE, key=uuid7(), case_id=case.pk, parts=["thank you"])])
    assert list(answer("fraud", viewer=cast.by("ada"), at=AT)) == [case]
    theirs = cast.customer_of(case)
    assert list(answer("fraud", viewer=theirs, at=AT)) == []
    assert str(count("fraud", viewer=theirs, at=AT)) == "0"
    assert list(answer("-fraud", viewer=theirs, at=AT)) == [case]
    assert list(answer("thank", viewer=theirs, at=AT)) == [case]


def naughty() -> list[str]:
    """Return texts that broke others, from the real material where it lies beside the project."""
    found = ["\x00", "\ud800", "%s%s%n", "' OR 1=1 --", '"' * 300, "(" * 200, "-" * 200, "*", "**", '"*', "a" * 5000]
    for path in sorted(NAUGHTY.glob("*.json")) if NAUGHTY.exists() else []:
        found += [text for text in json.loads(path.read_text("utf8")) if isinstance(text, str)]
    return found


def questions(size: int) -> list[str]:
    """Return questions by chance: pieces of the language in every wrong order, and letters of every script."""
    draw = random.Random(11)
    pieces = [
        *FILTERS,
        *WORDS,
        *READERS,
        *naughty(),
        "-",
        ":",
        '"',
        "<",
        "due:<",
        "RC-",
        "CU-99999999999999999999",
        "\u202e",
    ]
    scripts = "aeßİ退ำ𝕏é1'\"\\:*-&|!()<>%_\n\t\u0301\u200b"
    found = []
    for _index in range(size):
        parts = [draw.choice(pieces) for _part in range(draw.randint(1, 4))]
        parts.append("".join(draw.choice(scripts) for _letter in range(draw.randint(0, 12))))
        found.append(draw.choice(["", " ", ":", "-", '"']).join(parts))
    return found


def test_any_text_at_all_can_be_read() -> None:
    for text in [*naughty(), *questions(20_000)]:
        assert read(text) == read(text)


def test_any_text_at_all_can_be_answered(cast: Cast) -> None:
    cast.open()
    viewer = cast.by("ada")
    for text in [*naughty(), *questions(300)]:
        assert answer(text, viewer=viewer, at=AT).count() <= 1


def test_pages_hold_every_case_once_in_order_both_ways(cast: Cast) -> None:
    cases, viewer = desk(cast, seed=3, size=40), cast.by("aud")
    for order in ("due", "priority", "newest", "activity"):
        seen, cursor = [], None
        while True:
            found = list_cases("is:open", viewer=viewer, at=AT, order=order, cursor=cursor, size=7)
            seen += [case.number for case in found.rows]
            cursor = found.next_cursor
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == len([case for case in cases if case.stage == "new"])
    for cursor in ("x", "", "W10", "=" * 50, "WyJhZnRlciIsIDFd"):
        with pytest.raises(Invalid):
            list_cases(viewer=viewer, at=AT, cursor=cursor)


@pytest.mark.parametrize(
    ("text", "queries"), [("", 1), ("is:mine due:today", 1), ("queue:care", 2), ("lamp queue:care", 3)]
)
def test_a_page_costs_few_queries_with_all_that_it_shows(cast: Cast, text: str, queries: int) -> None:
    desk(cast, seed=3, size=10)
    viewer = cast.by("ada")
    with CaptureQueriesContext(connection) as seen:
        for case in list_cases(text, viewer=viewer, at=AT).rows:
            assert case.queue.slug
            assert case.team.name
            assert (case.owner.name if case.owner else "") is not None
            assert (case.customer.name if case.customer else "") is not None
    assert len(seen) == queries


def test_common_words_are_looked_for_among_the_newest_and_rare_ones_everywhere(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recourse.cases.queries.asking.NEWEST", 30)
    oldest = cast.open("Rare kestrel")
    common = [cast.open("Broken lamp") for _index in range(60)]
    viewer = cast.by("ada")
    assert [case.pk for case in list_cases("kestrel", viewer=viewer, at=AT).rows] == [oldest.pk]
    assert count("kestrel", viewer=viewer, at=AT).number == 1
    seen, cursor = [], None
    while True:
        found = list_cases("lamp", viewer=viewer, at=AT, cursor=cursor, size=25)
        seen += [case.pk for case in found.rows]
        cursor = found.next_cursor
        if cursor is None:
            break
    assert seen == [case.pk for case in reversed(common)]


def test_counts_stop_at_the_limit(cast: Cast) -> None:
    for _index in range(4):
        cast.open()
    assert str(count("", viewer=cast.by("ada"), at=AT, limit=3)) == "3+"
    assert str(count("", viewer=cast.by("ada"), at=AT, limit=4)) == "4"
    found = list(queues(viewer=cast.by("ada")))
    assert "privacy" not in {queue.slug for queue in found}
    counted = {queue.slug: queue_counts(found, viewer=cast.by("ada"))[queue.pk].number for queue in found}
    assert counted["care"] == 4


def test_a_view_is_kept_changed_and_put_away_by_its_owner(cast: Cast) -> None:
    ada, ben = cast.by("ada"), cast.by("ben")
    case = cast.open("Broken lamp")
    view = actions.save_view(name="Lamps", question="lamp is:open", by=ada, at=AT)
    assert list(saved_views(viewer=ada)) == [view]
    assert not saved_views(viewer=ben).exists()
    assert view_counts([view], viewer=ada, at=AT)[view.pk].number == 1
    with pytest.raises(NotVisible):
        actions.change_view(view.pk, changes={"name": "Mine"}, by=ben, at=AT)
    changed = actions.change_view(view.pk, changes={"order": "priority"}, by=ada, at=AT)
    with pytest.raises(Stale):
        actions.end_view(view.pk, by=ada, at=AT, seen=changed.version - 1)
    for changes in ({"order": "number"}, {"owner": 1}, {"position": -1}, {"name": " "}):
        with pytest.raises(Invalid):
            actions.change_view(view.pk, changes=changes, by=ada, at=AT)
    actions.end_view(view.pk, by=ada, at=AT)
    assert not saved_views(viewer=ada).exists()
    assert fresh(case).stage == "new"


def test_a_teams_view_is_set_up_by_its_lead_and_seen_by_its_members(cast: Cast) -> None:
    team = cast.teams["care"]
    with pytest.raises(Refused):
        actions.save_view(name="Ours", question="team:mine", team_id=team.pk, by=cast.by("ada"), at=AT)
    view = actions.save_view(name="Ours", question="team:mine", team_id=team.pk, by=cast.by("lea"), at=AT)
    assert list(saved_views(viewer=cast.by("ada"))) == [view]
    assert not saved_views(viewer=cast.by("rosa")).exists()
    with pytest.raises(Refused):
        actions.end_view(view.pk, by=cast.by("ada"), at=AT)
    with pytest.raises(NotVisible):
        actions.save_view(name="Nobody's", question="", by=SYSTEM, at=AT)
