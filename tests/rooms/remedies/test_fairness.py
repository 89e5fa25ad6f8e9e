"""The order of fairness: what is owed, what makes whole, the band of goodwill; in whole minor units."""

from dataclasses import replace

import pytest
from hypothesis import given as each
from hypothesis import strategies as some

from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.reading import default_rules
from recourse.handbook.policy.remedies import Basis, Duty, Entitlement, Fault, RemedyRules
from recourse.handbook.policy.shape import Money, Severity
from recourse.remedies.policy import Facts, Given, HarmClaimed, Part, State, allowance, excess, shortfalls, weigh

RULES = default_rules().remedies
PLAIN = Facts(
    currency="GBP", cause="damaged", severity=Severity.MEDIUM, fault=Fault.OURS, stakes={Basis.GOODS: 10_000},
)  # fmt: skip


def line(number: int, kind: LineKind, part: Part, rule: str, minor: int, state: State = State.APPROVED) -> Given:
    return Given(number, kind, part, rule, minor, state)


def test_faulty_goods_are_owed_whole_by_law() -> None:
    fair = weigh(PLAIN, RULES)
    assert [(one.key, one.minor, one.duty) for one in fair.owed] == [("faulty_goods", 10_000, Duty.LAW)]
    assert (fair.entitled, fair.whole, fair.loss) == (10_000, 0, 10_000)


def test_where_the_law_does_not_hold_the_terms_do() -> None:
    fair = weigh(replace(PLAIN, known={"customer.country": "US"}), RULES)
    assert [(one.key, one.duty) for one in fair.owed] == [("faulty_goods_terms", Duty.CONTRACT)]


def test_of_two_entitlements_on_one_basis_the_higher_counts_and_of_equals_the_law() -> None:
    half = Entitlement(
        key="half", name="Half", duty=Duty.CONTRACT, source="x", causes=("damaged",), basis=Basis.GOODS, percent=50
    )
    whole = half.model_copy(update={"key": "terms", "percent": 100})
    rules = RULES.model_copy(update={"entitlements": (half, whole, *RULES.entitlements)})
    assert [one.key for one in weigh(PLAIN, rules).owed] == ["faulty_goods"]


def test_a_late_delivery_gives_back_its_fee_from_the_first_day() -> None:
    late = replace(PLAIN, cause="late", stakes={Basis.GOODS: 10_000, Basis.DELIVERY_FEE: 495})
    assert weigh(late, RULES).owed == ()
    assert weigh(replace(late, days=1), RULES).entitled == 495


def test_harm_counts_with_its_document_and_up_to_its_cap() -> None:
    harms = (HarmClaimed("return_postage", 450), HarmClaimed("calls", 9_999), HarmClaimed("bank_charges", 700, True))
    rows = {
        row.key: (row.counted, row.why.code if row.why else "")
        for row in weigh(replace(PLAIN, harms=harms), RULES).harms
    }
    assert rows == {
        "return_postage": (0, "harm.no_document"), "calls": (3_000, "harm.capped"), "bank_charges": (700, ""),
    }  # fmt: skip


def test_a_capped_harm_counts_nothing_in_a_currency_without_a_cap() -> None:
    found = weigh(replace(PLAIN, currency="JPY", harms=(HarmClaimed("calls", 5_000),)), RULES)
    assert found.harms[0].counted == 0


@pytest.mark.parametrize(
    ("changes", "high"),
    [
        ({}, 2_000),
        ({"severity": Severity.HIGH}, 3_500),
        ({"fault": Fault.CARRIER}, 1_500),
        ({"fault": Fault.THE_CUSTOMERS}, 0),
        ({"days": 7}, 2_500),
        ({"days": 30, "is_vulnerable": True}, 4_500),
        ({"severity": Severity.CRITICAL, "days": 30, "is_vulnerable": True}, 5_000),
    ],
)
def test_goodwill_follows_severity_fault_length_and_vulnerability_up_to_the_cap(changes: dict, high: int) -> None:
    assert weigh(replace(PLAIN, **changes), RULES).goodwill == high


def test_everything_together_stays_within_the_cap_and_says_so() -> None:
    fair = weigh(replace(PLAIN, severity=Severity.CRITICAL, days=30, is_vulnerable=True), RULES)
    assert fair.ceiling == 15_000
    assert fair.explain[-1].code == "goodwill.capped"


@each(
    goods=some.integers(0, 10**9), fee=some.integers(0, 10**6), harm=some.integers(1, 10**6),
    severity=some.sampled_from(Severity), fault=some.sampled_from(Fault), days=some.integers(0, 400),
    is_vulnerable=some.booleans(), cause=some.sampled_from([cause.key for cause in RULES.causes]),
)  # fmt: skip
def test_nothing_is_ever_above_the_cap_or_below_what_is_owed(
    goods: int, fee: int, harm: int, severity: Severity, fault: Fault, days: int, is_vulnerable: bool, cause: str
) -> None:
    stakes = {Basis.GOODS: goods, Basis.DELIVERY_FEE: fee, Basis.CHARGE: goods}
    facts = Facts("GBP", cause, severity, fault, days, is_vulnerable, stakes, (HarmClaimed("calls", harm),))
    fair = weigh(facts, RULES)
    assert fair.goodwill >= 0
    assert fair.entitled + fair.whole + fair.goodwill <= max(fair.loss * 150 // 100, fair.entitled + fair.whole)
    assert fair.loss >= fair.entitled + fair.whole


def test_what_is_owed_is_met_by_its_kinds_alone() -> None:
    fair = weigh(PLAIN, RULES)
    credit = line(1, LineKind.STORE_CREDIT, Part.ENTITLEMENT, "faulty_goods", 10_000)
    assert shortfalls(fair, [credit]) == {"faulty_goods": 10_000}
    part = line(1, LineKind.REFUND, Part.ENTITLEMENT, "faulty_goods", 9_999)
    assert shortfalls(fair, [part]) == {"faulty_goods": 1}
    assert shortfalls(fair, [part, line(2, LineKind.REFUND, Part.ENTITLEMENT, "faulty_goods", 1)]) == {}


def test_goodwill_never_stands_for_what_is_owed() -> None:
    fair = weigh(PLAIN, RULES)
    assert shortfalls(fair, [line(1, LineKind.GOODWILL, Part.GOODWILL, "", 50_000)]) == {"faulty_goods": 10_000}


def test_a_replacement_meets_it_whole_and_so_does_a_no_of_the_customer() -> None:
    fair = weigh(PLAIN, RULES)
    assert shortfalls(fair, [line(1, LineKind.REPLACEMENT, Part.ENTITLEMENT, "faulty_goods", 0)]) == {}
    declined = line(1, LineKind.REFUND, Part.ENTITLEMENT, "faulty_goods", 10_000, State.DECLINED)
    assert shortfalls(fair, [declined]) == {}
    withdrawn = replace(declined, state=State.WITHDRAWN)
    assert shortfalls(fair, [withdrawn]) == {"faulty_goods": 10_000}


def test_lines_of_one_part_are_counted_together() -> None:
    fair = weigh(PLAIN, RULES)
    first = line(1, LineKind.REFUND, Part.ENTITLEMENT, "faulty_goods", 6_000)
    second = line(2, LineKind.REFUND, Part.ENTITLEMENT, "faulty_goods", 4_001)
    assert excess(fair, [first], second) == 1
    assert excess(fair, [replace(first, state=State.WITHDRAWN)], second) == 0
    goodwill = line(3, LineKind.GOODWILL, Part.GOODWILL, "", 2_000)
    assert excess(fair, [first, second], goodwill) == 0
    assert excess(fair, [first, second], replace(goodwill, minor=2_001)) == 1


def test_apologies_and_watches_stand_beside_and_are_never_too_much() -> None:
    assert excess(weigh(PLAIN, RULES), [], line(1, LineKind.APOLOGY, Part.BESIDE, "", 0)) == 0


def test_each_step_allows_what_it_found() -> None:
    fair = weigh(replace(PLAIN, harms=(HarmClaimed("calls", 1_200),)), RULES)
    assert allowance(fair, Part.ENTITLEMENT, "faulty_goods") == 10_000
    assert allowance(fair, Part.WHOLE, "calls") == 1_200
    assert allowance(fair, Part.WHOLE, "unknown") == 0


def test_fixed_amounts_are_owed_in_their_currency() -> None:
    rule = Entitlement(
        key="missed", name="A missed appointment", duty=Duty.CONTRACT, source="Charter", causes=("late",),
        basis=Basis.FIXED, amounts=(Money(currency="GBP", minor=3000),),
    )  # fmt: skip
    rules: RemedyRules = RULES.model_copy(update={"entitlements": (rule,)})
    late = replace(PLAIN, cause="late")
    assert weigh(late, rules).entitled == 3000
    assert weigh(replace(late, currency="EUR"), rules).entitled == 0


def test_a_weaker_entitlement_that_comes_later_changes_nothing() -> None:
    half = RULES.entitlements[0].model_copy(update={"key": "half", "percent": 50})
    rules = RULES.model_copy(update={"entitlements": (*RULES.entitlements, half)})
    assert [one.key for one in weigh(PLAIN, rules).owed] == ["faulty_goods"]


def test_a_kind_of_harm_that_this_edition_does_not_know_counts_nothing() -> None:
    row = weigh(replace(PLAIN, harms=(HarmClaimed("of_another_edition", 500),)), RULES).harms[0]
    assert row.counted == 0
    assert row.why is not None
    assert row.why.code == "harm.unknown"
