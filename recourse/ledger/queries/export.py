"""The ledger for finance: rows for sheets, text for beancount, cost by cause, product and department."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from recourse.cases.models import Case
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid
from recourse.kit.money import Money, digits, written
from recourse.ledger.models import Posting
from recourse.ledger.policy.chart import account_kind
from recourse.people.policy import Permission

HEADER = (
    "posting", "on", "at", "state", "from", "to", "amount", "currency", "minor_units", "case", "product", "department",
    "cause", "matter", "reference", "reverses", "rate", "rate_from", "edition", "by",
)  # fmt: skip
HEADINGS = {"cause": "cause", "product": "case__product", "department": "case__team__department__name"}
_ROOTS = {"clearing": "Equity:Clearing", "suspense": "Equity:Suspense", "cost": "Expenses:Remedies",
          "income": "Income:Remedies", "liability": "Liabilities:Remedies", "bank": "Assets:Providers"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cost:
    """What remedies cost under one heading."""

    heading: str
    amount: Money


def costs(by: str, *, viewer: Actor, from_on: dt.date, until_on: dt.date) -> list[Cost]:
    """Return what remedies cost by `cause`, `product` or `department`, reversals taken off, the dearest first.

    Needs money:read. Cost counts on the day that it was promised or reversed; `until_on` is not in it.
    """
    viewer.require(Permission.MONEY_READ)
    if by not in HEADINGS:
        raise Invalid.one("by", _("Choose one of the list."))
    name = HEADINGS[by]
    rows = Posting.objects.filter(on__gte=from_on, on__lt=until_on)
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for side, sign in (("to_account__code__startswith", 1), ("from_account__code__startswith", -1)):
        found = rows.filter(**{side: "cost:"}).values(name, "currency")
        for row in found.annotate(minor=Sum("amount_minor")).order_by():
            sums[row[name] or "", row["currency"]] += sign * row["minor"]
    borne = [Cost(heading, Money(minor, currency)) for (heading, currency), minor in sums.items() if minor]
    return sorted(borne, key=lambda cost: (cost.amount.currency, -cost.amount.minor, cost.heading))


def export_rows(*, viewer: Actor, from_on: dt.date, until_on: dt.date) -> Iterator[Sequence[Any]]:
    """Yield the cells of every posting of some days, oldest first, as HEADER names them; needs money:export.

    A case is named by its reference alone: no person stands in an export.
    """
    for row in _of_days(viewer, from_on, until_on).iterator(chunk_size=2_000):
        case = row.case
        yield (
            str(row.pk), row.on.isoformat(), row.at, row.stage, row.from_account_id, row.to_account_id,
            written(row.amount_minor, row.currency), row.currency, row.amount_minor, case.ref if case else "",
            case.product if case else "", _department(case), row.cause, row.matter, row.reference,
            str(row.reverses_id or ""), row.rate, row.rate_from, row.edition or "", row.by,
        )  # fmt: skip


def beancount(*, viewer: Actor, from_on: dt.date, until_on: dt.date) -> Iterator[str]:
    """Yield the postings of some days as text that beancount reads: accounts, then one transaction each."""
    rows = _of_days(viewer, from_on, until_on)
    codes = sorted({code for pair in rows.values_list("from_account_id", "to_account_id").distinct() for code in pair})
    yield 'option "title" "Recourse"\n'
    for currency in sorted(set(rows.order_by().values_list("currency", flat=True).distinct())):
        tolerance = f"{1 / 10 ** digits(currency) / 2:.6f}" if digits(currency) else "0.5"
        yield f'option "inferred_tolerance_default" "{currency}:{tolerance}"\n'
        yield f"{from_on.isoformat()} commodity {currency}\n"
    for code in codes:
        yield f"{from_on.isoformat()} open {account_name(code)}\n"
    for row in rows.iterator(chunk_size=2_000):
        yield _transaction(row)


def account_name(code: str) -> str:
    """Return how beancount names an account of ours: `cost:refund` is Expenses:Remedies:Refund."""
    prefix, _colon, rest = code.partition(":")
    if account_kind(code) is None:
        raise ValueError(code)
    last = "-".join(part.capitalize() for part in rest.replace("_", "-").split("-") if part)
    return f"{_ROOTS[prefix]}:{last}"


def _transaction(row: Posting) -> str:
    amount = written(row.amount_minor, row.currency)
    ref = row.case.ref if row.case else ""
    marks = {"posting": str(row.pk), "matter": row.matter, "case": ref, "cause": row.cause,
             "reverses": str(row.reverses_id or "")}  # fmt: skip
    lines = [f"\n{row.on.isoformat()} * {_quoted(row.stage)}"]
    lines += [f"  {name}: {_quoted(value)}" for name, value in marks.items() if value]
    lines += [f"  {account_name(row.to_account_id)}  {amount} {row.currency}"]
    lines += [f"  {account_name(row.from_account_id)}  -{amount} {row.currency}\n"]
    return "\n".join(lines)


def _department(case: Case | None) -> str:
    department = case.team.department if case else None
    return department.name if department else ""


def _quoted(value: str) -> str:
    plain = " ".join(value.replace("\\", "/").replace('"', "'").split())
    return f'"{plain}"'


def _of_days(viewer: Actor, from_on: dt.date, until_on: dt.date) -> QuerySet[Posting]:
    viewer.require(Permission.MONEY_EXPORT)
    if not from_on < until_on:
        raise Invalid.one("until_on", _("Choose days that begin before they end."))
    rows: QuerySet[Posting] = Posting.objects.filter(on__gte=from_on, on__lt=until_on).select_related(
        "case__team__department"
    )
    return rows.order_by("on", "id")
