"""Asking for an escalation: who may, what is refused by name, what happens at once."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from recourse.cases.actions import resolve
from recourse.cases.models import Case, CaseReader, Hold
from recourse.clocks.models import Clock
from recourse.escalations import actions, queries
from recourse.escalations.models import Escalation, Notice
from recourse.kit.actor import Actor, ActorKind, system
from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.kit.ids import uuid7
from recourse.timeline.models import Entry
from tests.cast import AT
from tests.rooms.escalations.conftest import BREACH, LEGAL, LOSS, Desk, claim, request


def test_the_form_shows_before_sending_what_would_come_of_it(desk: Desk) -> None:
    case = desk.case()
    before = Entry.objects.count()
    found = queries.preview(case.ref, request(LOSS), by=desk.cast.by("ada"), at=AT)
    assert found.can_be_sent
    assert found.team == desk.cast.teams["resolution-1"]
    assert found.gate_due_at == AT + dt.timedelta(hours=1)
    assert found.due_at == AT + dt.timedelta(hours=4)
    assert found.sentence == "This qualifies for Advanced resolution, worked by Resolution 1."
    assert "Severity medium and impact one give tier_1." in found.explain
    assert Entry.objects.count() == before
    assert not Escalation.objects.exists()


def test_the_form_names_what_is_missing(desk: Desk) -> None:
    case = desk.case()
    half = claim("financial_impact", {"loss": {"currency": "GBP", "minor": 80_000}})
    found = queries.preview(case.ref, request(half), by=desk.cast.by("ada"), at=AT)
    assert not found.can_be_sent
    assert found.missing == (
        ("grounds.financial_impact.reckoning", "“How the amount comes about” is needed for this ground."),
    )


def test_a_request_goes_on_record_with_its_grounds_and_holds_the_case_open(desk: Desk) -> None:
    case = desk.case()
    found = desk.ask(case, LOSS, LEGAL)
    assert (found.number, found.state, found.tier, found.team.slug) == (1, "requested", "tier_2", "resolution-2")
    assert found.edition == 1
    assert sorted(found.grounds.values_list("code", flat=True)) == ["financial_impact", "legal_exposure"]
    entry = Entry.objects.get(event="escalation.requested")
    assert entry.thread_id == case.thread_id
    assert "lawyer" not in entry.payload
    assert Hold.objects.filter(case=case, reason="escalation_open", lifted_at=None).exists()
    with pytest.raises(Refused, match="escalation_open"):
        resolve(case.ref, reason="withdrawn", by=desk.cast.by("ada"), at=AT)


def test_a_persons_words_stand_apart_from_typed_values(desk: Desk) -> None:
    ground = desk.ask(desk.case(), LOSS).grounds.get(code="financial_impact")
    assert ground.evidence == {"loss": {"currency": "GBP", "minor": 80_000}}
    assert ground.words == {"reckoning": "Four charges of 200 each"}


def test_a_card_number_in_the_evidence_is_never_kept(desk: Desk) -> None:
    told = claim("legal_exposure", {"claim": "He gave 4111 1111 1111 1111 to the caller and wants to sue"})
    assert "4111 1111 1111 1111" not in desk.ask(desk.case(), told).grounds.get().words["claim"]


@pytest.mark.parametrize("nick", ["gil", "ana", "tom", "fin", "aud", "max", "dan"])
def test_only_staff_with_the_right_may_ask(desk: Desk, nick: str) -> None:
    case = desk.case()
    with pytest.raises((Refused, NotVisible)):
        desk.ask(case, by=nick)
    assert not Escalation.objects.exists()


def test_a_customer_can_never_ask(desk: Desk) -> None:
    case = desk.case()
    with pytest.raises(Refused) as refused:
        actions.request(case.ref, request(LOSS), by=desk.cast.customer_of(case), at=AT)
    assert refused.value.code == "escalation.staff_only"


def test_the_system_and_a_key_without_the_scope_cannot_ask(desk: Desk) -> None:
    case = desk.case()
    key = Actor(
        kind=ActorKind.API_KEY, id="api_key:x", staff_id=desk.cast.staff["ada"].pk,
        permissions=frozenset({"case:read", "case:work"}),
    )  # fmt: skip
    for by in (system("bot"), key):
        with pytest.raises(Refused) as refused:
            actions.request(case.ref, request(LOSS), by=by, at=AT)
        assert refused.value.is_permission
    scoped = Actor(
        kind=ActorKind.API_KEY, id="api_key:y", staff_id=desk.cast.staff["ada"].pk,
        permissions=frozenset({"case:read", "escalation:request"}),
    )  # fmt: skip
    assert actions.request(case.ref, request(LOSS), by=scoped, at=AT).requester == desk.cast.staff["ada"]


def test_what_is_missing_is_refused_by_field_and_what_does_not_qualify_as_a_whole(desk: Desk) -> None:
    case = desk.case()
    with pytest.raises(Invalid) as invalid:
        desk.ask(case, claim("financial_impact", {}))
    assert set(invalid.value.fields) == {"grounds.financial_impact.loss", "grounds.financial_impact.reckoning"}
    small = claim("financial_impact", {"loss": {"currency": "GBP", "minor": 1}, "reckoning": "x" * 20})
    with pytest.raises(Refused) as refused:
        desk.ask(case, small)
    assert refused.value.code == "escalation.unqualified"
    assert not Escalation.objects.exists()


def test_evidence_cannot_be_a_file_of_another_case(desk: Desk) -> None:
    told = claim("legal_exposure", {**LEGAL.evidence, "letter": [str(uuid7())]})
    with pytest.raises(Invalid) as invalid:
        desk.ask(desk.case(), told)
    assert set(invalid.value.fields) == {"grounds.legal_exposure.letter"}


def test_the_same_asking_twice_is_one_and_another_is_refused_while_it_is_open(desk: Desk) -> None:
    case = desk.case()
    first = desk.ask(case, LOSS)
    assert desk.ask(case, LOSS).pk == first.pk
    with pytest.raises(Refused) as refused:
        desk.ask(case, LEGAL)
    assert refused.value.code == "escalation.open_already"
    with pytest.raises(Refused):
        desk.ask(case, LOSS, by="ben")
    assert Escalation.objects.count() == 1


def test_two_open_escalations_of_one_case_cannot_be_stored(desk: Desk) -> None:
    found = desk.ask(desk.case())
    found.pk, found.number, found._state.adding = uuid7(), 2, True
    with pytest.raises(IntegrityError), transaction.atomic():
        found.save(force_insert=True)


def test_an_ended_case_cannot_be_escalated(desk: Desk) -> None:
    case = desk.case()
    resolve(case.ref, reason="withdrawn", by=desk.cast.by("ada"), at=AT)
    with pytest.raises(Refused) as refused:
        desk.ask(case)
    assert refused.value.code == "escalation.case_ended"


def test_a_stale_form_is_stopped(desk: Desk) -> None:
    case = desk.case()
    with pytest.raises(Stale):
        actions.request(case.ref, request(LOSS), by=desk.cast.by("ada"), at=AT, seen=case.version + 5)


def test_a_hidden_case_answers_like_an_absent_one(desk: Desk) -> None:
    case = desk.case(owner="ben", is_restricted=True)
    for ref in (case.ref, "RC-999999"):
        with pytest.raises(NotVisible):
            actions.request(ref, request(LOSS), by=desk.cast.by("ada"), at=AT)


def test_repeated_failure_carries_a_request_that_names_no_ground(desk: Desk) -> None:
    case = desk.case(family="delivery", product="Lamp")
    for days in (3, 10, 20):
        desk.cast.open(at=AT - dt.timedelta(days=days), family="delivery", product="Lamp")
    found = actions.request(case.ref, request(), by=desk.cast.by("ada"), at=AT)
    ground = found.grounds.get()
    assert (ground.code, ground.is_computed, ground.is_met) == ("repeated_failure", True, True)
    assert ground.evidence == {"contacts": 0, "reopens": 0, "same_cause": 3}


def test_a_privacy_breach_starts_the_72_hours_and_narrows_readers_at_once(desk: Desk) -> None:
    case = desk.case()
    assert Case.objects.visible_to(desk.cast.by("ben")).filter(pk=case.pk).exists()
    found = desk.ask(case, BREACH)
    case.refresh_from_db()
    assert case.is_restricted
    assert not Case.objects.visible_to(desk.cast.by("ben")).filter(pk=case.pk).exists()
    for nick in ("ada", "gil", "lea", "rik"):
        assert Case.objects.visible_to(desk.cast.by(nick)).filter(pk=case.pk).exists(), nick
    clock = Clock.objects.get(case=case, kind="gdpr_breach_72_hours")
    known = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    assert (clock.started_at, clock.due_at) == (known, known + dt.timedelta(hours=72))
    assert found.team.slug == "resolution-2"


def test_the_requester_keeps_a_view(desk: Desk) -> None:
    case = desk.case()
    desk.ask(case, by="ben")
    assert CaseReader.objects.filter(case=case, staff=desk.cast.staff["ben"], why="requester").exists()


def test_withdrawing_is_the_requesters_alone_and_lets_the_case_go_on(desk: Desk) -> None:
    case = desk.case()
    found = desk.ask(case)
    with pytest.raises(Refused):
        actions.withdraw(case.ref, found.number, by=desk.cast.by("ben"), at=AT)
    ended = actions.withdraw(case.ref, found.number, by=desk.cast.by("ada"), at=AT, note="Solved meanwhile")
    assert (ended.state, ended.ended_at) == ("withdrawn", AT)
    assert not Hold.objects.filter(case=case, lifted_at=None).exists()
    assert desk.ask(case, LEGAL).number == 2
    assert not Notice.objects.exists()
