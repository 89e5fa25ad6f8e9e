"""Asking: within authority at once, beyond it asked of those who must decide, the case held open meanwhile."""

import pytest

from recourse.approvals import actions
from recourse.approvals.models import Approval, Ask, Decision
from recourse.cases import actions as cases
from recourse.cases.models import Hold
from recourse.kit.actor import system
from recourse.kit.errors import Invalid, NotVisible, Refused
from recourse.ledger.models import Budget
from tests.cast import AT
from tests.rooms.approvals.conftest import MINUTE, Desk


def asked_of(found: Approval) -> set[str]:
    """Return the short names of who is asked now."""
    rows = Ask.objects.filter(approval=found, state="open").values_list("staff__email", flat=True)
    return {address.partition("@")[0] for address in rows}


def budget(kind: str) -> tuple[int, int]:
    """Return what is pending and granted in the only budget of a kind."""
    row = Budget.objects.get(kind=kind)
    return row.pending_minor, row.granted_minor


def test_an_amount_equal_to_the_limit_is_decided_alone_and_counted_at_once(desk: Desk) -> None:
    found = desk.ask(2_500)
    assert found.state == "granted"
    assert [budget(kind) for kind in ("case", "customer", "agent")] == [(0, 2_500)] * 3
    decision = Decision.objects.get()
    assert (decision.verdict, decision.limits["per_line"], decision.edition) == ("within_authority", 2_500, 1)
    assert not Hold.objects.exists()


def test_a_penny_more_is_asked_of_the_next_level_and_holds_the_case_open(desk: Desk) -> None:
    found = desk.ask(2_501)
    assert (found.state, asked_of(found), found.level) == ("asked", {"lea", "lars"}, 0)
    assert budget("case") == (2_501, 0)
    with pytest.raises(Refused) as refused:
        cases.resolve(found.case_id, reason="solved", by=desk.by("ada"), at=AT)
    assert refused.value.code == "case.held"


def test_the_level_is_the_one_whose_limit_covers_the_sum(desk: Desk) -> None:
    found = desk.ask(100_001)
    assert (found.level, asked_of(found)) == (1, {"fin", "flo", "fred"})


def test_granted_it_counts_and_frees_the_case(desk: Desk) -> None:
    found = desk.decide(desk.ask())
    assert (found.state, budget("case"), budget("customer")) == ("granted", (0, 49_000), (0, 49_000))
    assert Budget.objects.get(kind="agent").subject == str(desk.person("lea"))
    assert not Hold.objects.filter(lifted_at__isnull=True).exists()


def test_refused_it_gives_back_what_it_held(desk: Desk) -> None:
    found = desk.decide(desk.ask(), "refuse")
    assert (found.state, budget("case")) == ("refused", (0, 0))
    assert not Hold.objects.filter(lifted_at__isnull=True).exists()


def test_the_same_asking_twice_is_one_and_other_terms_are_refused(desk: Desk) -> None:
    case = desk.case()
    terms = desk.terms(case)
    first = actions.ask_approval(terms, by=desk.by("ada"), at=AT)
    assert actions.ask_approval(terms, by=desk.by("ada"), at=AT + MINUTE) == first
    with pytest.raises(Refused) as refused:
        actions.ask_approval(desk.terms(case, 1, matter=terms.matter), by=desk.by("ada"), at=AT)
    assert refused.value.code == "approval.open_already"


def test_no_program_asks(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        actions.ask_approval(desk.terms(desk.case()), by=system("mail"), at=AT)
    assert refused.value.code == "approval.nobody"


def test_a_hidden_case_is_not_there(desk: Desk) -> None:
    case = desk.case(queue=desk.cast.queues["privacy"], by="system")
    with pytest.raises(NotVisible):
        desk.ask(case=case, by="ada")


def test_nonsense_is_refused_by_field(desk: Desk) -> None:
    for field, value in (("remedy_kind", "gift"), ("severity", "dire"), ("matter", ""), ("cause", "x" * 121)):
        with pytest.raises(Invalid) as invalid:
            desk.ask(**{field: value})
        assert set(invalid.value.fields) == {field}


def test_a_currency_without_a_rate_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        desk.ask(1_000, currency="JPY")
    assert refused.value.code == "approval.no_rate"
