"""De-escalation: offered with a reason and a note, back only once somebody of the front line took it."""

import datetime as dt

import pytest

from recourse.cases.models import Case
from recourse.clocks.models import Clock
from recourse.escalations import actions, queries
from recourse.escalations.models import Escalation
from recourse.kit.errors import Invalid, Refused
from tests.cast import AT
from tests.rooms.escalations.conftest import LEGAL, LOSS, NOTE, Desk

LATER = AT + dt.timedelta(hours=2)


def offer(desk: Desk, found: Escalation, *, by: str = "rosa", to: str | None = None, **given: object) -> Escalation:
    """Let the team offer a case back."""
    told: dict[str, object] = {"reason": "work_done", "note": NOTE, "was_needed": True, **given}
    owner = desk.cast.staff[to].pk if to else None
    return actions.hand_back(
        found.case.ref,
        found.number,
        owner_id=owner,
        by=desk.cast.by(by),
        at=LATER,
        **told,  # type: ignore[arg-type]
    )


def test_a_case_comes_back_only_once_its_new_owner_took_it(desk: Desk) -> None:
    found = desk.accepted()
    starts = dict(Clock.objects.filter(case=found.case).values_list("kind", "started_at"))
    offer(desk, found, to="ben")
    case = Case.objects.get(pk=found.case_id)
    assert (case.team.slug, case.tier) == ("resolution-1", "tier_1")
    assert [row.pk for row in queries.offered_to(desk.cast.by("ben"))] == [found.pk]
    done = actions.take_back(case.ref, found.number, by=desk.cast.by("ben"), at=LATER)
    case.refresh_from_db()
    assert (done.state, done.ended_at, done.was_needed) == ("handed_back", LATER, True)
    assert (case.team.slug, case.tier, case.owner) == ("care", "front_line", desk.cast.staff["ben"])
    assert dict(Clock.objects.filter(case=case).values_list("kind", "started_at")) == starts
    assert [row.notice.kind for row in queries.unread(desk.cast.by("ada"))] == ["handed_back", "accepted"]


def test_it_is_offered_to_whom_it_came_from_unless_told_otherwise(desk: Desk) -> None:
    assert offer(desk, desk.accepted()).offered_to == desk.cast.staff["ada"]


def test_the_time_at_each_tier_is_reported(desk: Desk) -> None:
    case = desk.case(at=AT - dt.timedelta(hours=3))
    found = desk.ask(case, LOSS)
    actions.accept(case.ref, found.number, by=desk.cast.by("gil"), at=AT)
    offer(desk, found, to="ben")
    actions.take_back(case.ref, found.number, by=desk.cast.by("ben"), at=LATER)
    case.refresh_from_db()
    levels = queries.levels_of(case, at=LATER + dt.timedelta(hours=1))
    assert [(level.tier, level.lasted.total_seconds() / 3600) for level in levels] == [
        ("front_line", 3.0), ("tier_1", 2.0), ("front_line", 1.0),
    ]  # fmt: skip


@pytest.mark.parametrize("nick", ["ada", "lea", "rosa", "gil"])
def test_only_the_one_it_is_offered_to_can_take_it(desk: Desk, nick: str) -> None:
    found = offer(desk, desk.accepted(), to="ben")
    with pytest.raises(Refused):
        actions.take_back(found.case.ref, found.number, by=desk.cast.by(nick), at=LATER)


def test_declining_leaves_it_with_the_team_and_says_why(desk: Desk) -> None:
    found = offer(desk, desk.accepted(), to="ben")
    done = actions.decline_back(found.case.ref, found.number, note=NOTE, by=desk.cast.by("ben"), at=LATER)
    assert (done.state, done.offered_to, done.was_needed) == ("accepted", None, None)
    (told,) = queries.unread(desk.cast.by("rosa"))
    assert (told.notice.kind, told.note) == ("hand_back_declined", NOTE)
    assert offer(desk, done, to="ada").state == "handing_back"


@pytest.mark.parametrize(
    ("given", "field"),
    [({"note": "short"}, "note"), ({"reason": "tired"}, "reason"), ({"to": "rik"}, "owner"), ({"to": "dan"}, "owner")],
)
def test_a_hand_back_needs_reason_note_and_a_person_of_the_front_line(
    desk: Desk, given: dict[str, str], field: str
) -> None:
    found = desk.accepted()
    with pytest.raises(Invalid) as invalid:
        offer(desk, found, **given)
    assert set(invalid.value.fields) == {field}


def test_nobody_hands_back_to_themselves(desk: Desk) -> None:
    with pytest.raises(Invalid):
        offer(desk, desk.accepted(), by="lea", to="lea")


@pytest.mark.parametrize("nick", ["ada", "gil", "tess"])
def test_only_the_team_hands_back(desk: Desk, nick: str) -> None:
    with pytest.raises(Refused) as refused:
        offer(desk, desk.accepted(), by=nick)
    assert refused.value.is_permission


def bounce(desk: Desk, case: Case) -> Escalation:
    """Send a case up and back down once."""
    found = desk.ask(case, LOSS)
    actions.accept(case.ref, found.number, by=desk.cast.by("lea"), at=AT)
    offered = offer(desk, found)
    assert offered.offered_to
    nick = next(nick for nick, staff in desk.cast.staff.items() if staff == offered.offered_to)
    return actions.take_back(case.ref, found.number, by=desk.cast.by(nick), at=LATER)


def test_the_second_bounce_goes_to_a_lead_and_the_third_request_is_a_leads_to_decide(desk: Desk) -> None:
    case = desk.case()
    bounce(desk, case)
    second = bounce(desk, case)
    assert (second.is_ping_pong, second.offered_to, second.supervisor) == (
        True, desk.cast.staff["lea"], desk.cast.staff["lea"],
    )  # fmt: skip
    assert "ping_pong" in [row.notice.kind for row in queries.unread(desk.cast.by("lea"))]
    third = desk.ask(case, LEGAL)
    assert (third.bounces, third.is_ping_pong, third.supervisor) == (2, True, desk.cast.staff["lea"])
    with pytest.raises(Refused) as refused:
        actions.accept(case.ref, third.number, by=desk.cast.by("gil"), at=LATER)
    assert refused.value.code == "escalation.supervisor"
    assert actions.accept(case.ref, third.number, by=desk.cast.by("lea"), at=LATER).state == "accepted"


@pytest.mark.usefixtures("no_chance")
def test_a_return_counts_as_a_bounce(desk: Desk) -> None:
    case = desk.case()
    for _ in range(2):
        found = desk.ask(case)
        actions.return_(case.ref, found.number, reason="no_ground", note=NOTE, by=desk.cast.by("gil"), at=LATER)
    assert desk.ask(case, LEGAL).is_ping_pong


def test_the_front_line_hears_what_came_of_it_in_words(desk: Desk) -> None:
    found = desk.accepted()
    done = actions.finish(
        found.case.ref, found.number, was_needed=True, note="The courier pays; the letter is on the case.",
        by=desk.cast.by("rosa"), at=LATER,
    )  # fmt: skip
    assert (done.state, done.was_needed) == ("finished", True)
    told = queries.unread(desk.cast.by("ada"))[0]
    assert (told.notice.kind, told.note) == ("finished", "The courier pays; the letter is on the case.")


def test_resolving_the_case_ends_its_escalation_and_the_judgement_may_follow(desk: Desk) -> None:
    found = desk.accepted()
    by = desk.cast.by("rosa")
    actions.finish_with_case(thread_id=found.case.thread_id, by=by, at=LATER)
    found.refresh_from_db()
    assert (found.state, found.was_needed) == ("finished", None)
    actions.judge(found.case.ref, found.number, was_needed=False, by=by, at=LATER)
    found.refresh_from_db()
    assert found.was_needed is False
    with pytest.raises(Refused):
        actions.judge(found.case.ref, found.number, was_needed=True, by=by, at=LATER)


def test_taking_the_case_up_is_the_response_that_was_promised(desk: Desk) -> None:
    found = desk.accepted()
    for nick, responded in (("ada", None), ("rosa", LATER)):
        actions.respond(
            thread_id=found.case.thread_id, owner_id=desk.cast.staff[nick].pk, by=desk.cast.by(nick), at=LATER
        )
        found.refresh_from_db()
        assert found.responded_at == responded
