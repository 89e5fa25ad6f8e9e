"""The gate: accept, return with coaching, redirect, override; never by the one who asked."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from recourse.cases.models import Case, Hold
from recourse.clocks.models import Clock
from recourse.conversations.models import Message
from recourse.escalations import actions, queries
from recourse.escalations.models import Escalation, GateDecision, Notice
from recourse.handbook.policy.shape import Tier
from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.people.models import Role, RoleGrant, Staff
from recourse.people.queries import actor_for
from recourse.timeline.actions.threads import open_threads
from recourse.timeline.models import Entry
from tests.cast import AT
from tests.rooms.escalations.conftest import BREACH, LEGAL, LOSS, NOTE, Desk

LATER = AT + dt.timedelta(minutes=20)


def test_accepting_moves_the_case_to_its_team_and_keeps_who_speaks_with_the_customer(desk: Desk) -> None:
    case = desk.case()
    found = desk.ask(case, LEGAL, severity="high")
    started = dict(Clock.objects.filter(case=case).values_list("kind", "started_at"))
    done = actions.accept(case.ref, found.number, by=desk.cast.by("gil"), at=LATER, note="Look at the injury first.")
    case.refresh_from_db()
    assert (done.state, done.decided_by, done.decided_at) == ("accepted", desk.cast.staff["gil"], LATER)
    assert (case.team, case.queue.slug, case.tier) == (desk.cast.teams["resolution-2"], "resolution-2", "tier_2")
    assert (case.owner, case.contact_owner) == (None, desk.cast.staff["ada"])
    assert (case.severity, case.impact) == ("high", "one")
    assert not Hold.objects.filter(case=case, lifted_at=None).exists()
    assert dict(Clock.objects.filter(case=case).values_list("kind", "started_at")) == started
    decision = GateDecision.objects.get()
    assert (decision.verdict, decision.tier_after, decision.is_pass_through) == ("accept", "tier_2", False)


def test_the_requester_reads_on_and_hears_of_the_acceptance(desk: Desk) -> None:
    found = desk.accepted(LEGAL)
    ada = desk.cast.by("ada")
    assert Case.objects.visible_to(ada).filter(pk=found.case_id).exists()
    assert [row.notice.kind for row in queries.unread(ada)] == ["accepted"]
    assert queries.unread(desk.cast.by("gil")) == []


@pytest.mark.usefixtures("no_chance")
def test_a_return_goes_to_the_requester_with_coaching_and_never_touches_the_customer(desk: Desk) -> None:
    case = desk.case()
    found = desk.ask(case)
    case.refresh_from_db()
    before = (case.team_id, case.queue_id, case.owner_id, case.tier, case.severity, case.due_at)
    actions.return_(case.ref, found.number, reason="front_line_can", note=NOTE, by=desk.cast.by("gil"), at=LATER)
    case.refresh_from_db()
    assert (case.team_id, case.queue_id, case.owner_id, case.tier, case.severity, case.due_at) == before
    assert not Message.objects.filter(case=case).exists()
    assert not Entry.objects.filter(thread=case.thread, event__startswith="escalation.", audience="customer").exists()
    (told,) = queries.unread(desk.cast.by("ada"))
    assert (told.notice.kind, told.notice.words, told.note) == ("returned", {"reason": "front_line_can"}, NOTE)
    assert NOTE not in Entry.objects.get(event="escalation.returned").payload


@pytest.mark.parametrize(
    ("reason", "note", "field"),
    [("front_line_can", "too thin", "note"), ("because", NOTE, "reason"), ("", NOTE, "reason")],
)
def test_a_return_needs_a_reason_of_the_handbook_and_a_note_to_learn_from(
    desk: Desk, reason: str, note: str, field: str
) -> None:
    case = desk.case()
    found = desk.ask(case)
    with pytest.raises(Invalid) as invalid:
        actions.return_(case.ref, found.number, reason=reason, note=note, by=desk.cast.by("gil"), at=LATER)
    assert set(invalid.value.fields) == {field}


def test_a_refusal_drawn_by_chance_goes_in_and_is_marked_for_the_gate_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recourse.escalations.actions.deciding.random_share", lambda: 0.029)
    case = desk.case()
    found = desk.ask(case)
    done = actions.return_(case.ref, found.number, reason="no_ground", note=NOTE, by=desk.cast.by("gil"), at=LATER)
    case.refresh_from_db()
    assert (done.state, done.is_pass_through, case.team.slug) == ("accepted", True, "resolution-1")
    decision = GateDecision.objects.get()
    assert (decision.verdict, decision.reason, decision.is_pass_through) == ("return", "no_ground", True)
    assert [row.decision for row in queries.decisions_of(done, viewer=desk.cast.by("gil"))] == [decision]
    assert queries.decisions_of(done, viewer=desk.cast.by("rosa")) == []
    assert [row.notice.kind for row in queries.unread(desk.cast.by("ada"))] == ["accepted"]


def test_about_the_handbooks_share_of_refusals_goes_through(desk: Desk) -> None:
    through = sum(
        actions.return_(
            case.ref, desk.ask(case).number, reason="no_ground", note=NOTE, by=desk.cast.by("gil"), at=LATER
        ).is_pass_through
        for case in [desk.case() for _ in range(15)]
    )
    assert through <= 5  # 3 % of 15: more than 5 comes once in 400,000 runs


@pytest.mark.parametrize("move", ["accept", "return", "redirect"])
def test_nobody_decides_their_own_request(desk: Desk, move: str) -> None:
    case = desk.case()
    found = desk.ask(case, by="lea")
    with pytest.raises(Refused) as refused:
        decide(desk, case, found, move, by="lea")
    assert refused.value.code == "escalation.own_request"


def test_the_same_human_under_a_second_account_decides_nothing_either(desk: Desk) -> None:
    case = desk.case()
    found = desk.ask(case)
    ada = desk.cast.staff["ada"]
    (thread,) = open_threads("staff", 1)
    second = Staff.objects.create(
        email="ada2@desk.example", name="Ada Gate", person_id=ada.person_id, joined_at=AT, thread=thread, password="!"
    )
    RoleGrant.objects.create(staff=second, role=Role.objects.get(name="gatekeeper"))
    with pytest.raises(Refused) as refused:
        actions.accept(case.ref, found.number, by=actor_for(second), at=LATER)
    assert refused.value.code == "escalation.own_request"
    lent = desk.cast.by("gil").for_someone(ada.pk)
    with pytest.raises(Refused):
        actions.accept(case.ref, found.number, by=lent, at=LATER)


@pytest.mark.parametrize("nick", ["ada", "ben", "rosa", "tess", "ana", "aud"])
def test_without_the_right_nobody_gates(desk: Desk, nick: str) -> None:
    case = desk.case()
    found = desk.ask(case, by="cem")
    with pytest.raises(Refused) as refused:
        decide(desk, case, found, "accept", by=nick)
    assert (refused.value.code, refused.value.is_permission) == ("escalation.permission", True)


@pytest.mark.usefixtures("no_chance")
@pytest.mark.parametrize("move", ["accept", "return", "redirect"])
def test_a_decision_stands(desk: Desk, move: str) -> None:
    case = desk.case()
    found = desk.ask(case)
    decide(desk, case, found, "return", by="gil")
    with pytest.raises(Refused) as refused:
        decide(desk, case, found, move, by="lea")
    assert refused.value.code == "escalation.state"


def decide(desk: Desk, case: Case, found: Escalation, move: str, *, by: str) -> Escalation:
    """Make one of the gate's moves."""
    actor = desk.cast.by(by)
    if move == "accept":
        return actions.accept(case.ref, found.number, by=actor, at=LATER)
    if move == "return":
        return actions.return_(case.ref, found.number, reason="no_ground", note=NOTE, by=actor, at=LATER)
    return actions.redirect(
        case.ref, found.number, team_slug="legal", reason="wrong_team", note=NOTE, by=actor, at=LATER
    )


def test_a_redirect_leads_to_another_team_and_never_to_an_advanced_one(desk: Desk) -> None:
    case = desk.case()
    found = desk.ask(case)
    for team in ("resolution-2", "nobody", ""):
        with pytest.raises(Invalid):
            actions.redirect(
                case.ref, found.number, team_slug=team, reason="wrong_team", note=NOTE, by=desk.cast.by("gil"), at=LATER
            )
    done = decide(desk, case, found, "redirect", by="gil")
    case.refresh_from_db()
    assert (done.state, case.team.slug, case.tier) == ("redirected", "legal", "front_line")
    assert [row.notice.kind for row in queries.unread(desk.cast.by("ada"))] == ["redirected"]


def test_overriding_the_tier_needs_right_and_reason_and_moves_the_case(desk: Desk) -> None:
    case = desk.case()
    found = desk.ask(case)
    with pytest.raises(Refused):
        actions.override_tier(
            case.ref, found.number, tier=Tier.TIER_3, reason="vulnerable", by=desk.cast.by("rosa"), at=LATER
        )
    with pytest.raises(Invalid):
        actions.override_tier(
            case.ref, found.number, tier=Tier.TIER_3, reason="why not", by=desk.cast.by("gil"), at=LATER
        )
    with pytest.raises(Invalid):
        actions.override_tier(
            case.ref, found.number, tier=Tier.FRONT_LINE, reason="vulnerable", by=desk.cast.by("gil"), at=LATER
        )
    done = actions.override_tier(
        case.ref, found.number, tier=Tier.TIER_3, reason="vulnerable", by=desk.cast.by("gil"), at=LATER
    )
    assert (done.tier, done.computed_tier, done.team.slug) == ("tier_3", "tier_1", "resolution-2")
    actions.accept(case.ref, found.number, by=desk.cast.by("gil"), at=LATER)
    actions.override_tier(
        case.ref, found.number, tier=Tier.TIER_2, reason="asked_by_lead", by=desk.cast.by("lea"), at=LATER
    )
    case.refresh_from_db()
    assert (case.team.slug, case.tier) == ("resolution-2", "tier_2")
    assert list(GateDecision.objects.order_by("at", "id").values_list("tier_before", "tier_after")) == [
        ("tier_1", "tier_3"), ("tier_3", "tier_3"), ("tier_3", "tier_2"),
    ]  # fmt: skip


def test_the_team_that_a_restricted_case_goes_to_can_read_it(desk: Desk) -> None:
    case = desk.case()
    found = desk.ask(case, BREACH)
    assert not Case.objects.visible_to(desk.cast.by("rosa")).filter(pk=case.pk).exists()
    actions.accept(case.ref, found.number, by=desk.cast.by("gil"), at=LATER)
    assert Case.objects.visible_to(desk.cast.by("rik")).filter(pk=case.pk).exists()
    actions.override_tier(
        case.ref, found.number, tier=Tier.TIER_1, reason="asked_by_lead", by=desk.cast.by("lea"), at=LATER
    )
    assert Case.objects.visible_to(desk.cast.by("rosa")).filter(pk=case.pk).exists()
    assert not Case.objects.visible_to(desk.cast.by("ben")).filter(pk=case.pk).exists()


def test_a_decision_on_stale_sight_is_stopped(desk: Desk) -> None:
    case = desk.case()
    found = desk.ask(case)
    actions.override_tier(
        case.ref, found.number, tier=Tier.TIER_3, reason="vulnerable", by=desk.cast.by("lea"), at=LATER
    )
    with pytest.raises(Stale):
        actions.accept(case.ref, found.number, by=desk.cast.by("gil"), at=LATER, seen=found.version)


def test_a_decision_can_be_neither_changed_nor_removed(desk: Desk) -> None:
    desk.accepted()
    for act in ("UPDATE escalations_gatedecision SET reason = 'x'", "DELETE FROM escalations_gatedecision"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(act)
    assert GateDecision.objects.count() == 1


def test_the_database_keeps_the_requester_from_deciding(desk: Desk) -> None:
    found = desk.ask(desk.case())
    with pytest.raises(IntegrityError), transaction.atomic():
        Escalation.objects.filter(pk=found.pk).update(decided_by=found.requester)


def test_the_gate_lists_what_is_due_first(desk: Desk) -> None:
    late = desk.ask(desk.case(), at=AT + dt.timedelta(minutes=5))
    early = desk.ask(desk.case(), LOSS, BREACH)
    assert [row.pk for row in queries.at_the_gate(viewer=desk.cast.by("gil"))] == [early.pk, late.pk]
    with pytest.raises(Refused):
        queries.at_the_gate(viewer=desk.cast.by("ada"))


def test_a_notice_is_read_once_by_its_own_reader(desk: Desk) -> None:
    desk.accepted()
    notice = Notice.objects.get()
    with pytest.raises(NotVisible):
        actions.read_notice(notice_id=notice.pk, by=desk.cast.by("ben"), at=LATER)
    actions.read_notice(notice_id=notice.pk, by=desk.cast.by("ada"), at=LATER)
    actions.read_notice(notice_id=notice.pk, by=desk.cast.by("ada"), at=LATER)
    assert queries.unread(desk.cast.by("ada")) == []
    assert Entry.objects.filter(event="notice.read").count() == 1
