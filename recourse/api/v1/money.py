"""Money over JSON: how it stands, what waits, what finance pays and checks, differences, budgets, vouchers, costs."""

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from recourse.api.door import answers
from recourse.api.v1.shapes import (
    Body,
    CaseBrief,
    Cursor,
    Day,
    Flag,
    Instant,
    PageOf,
    Size,
    StaffBrief,
    Versioned,
    Words,
    acting,
    at,
    told,
    viewer,
    words_of,
)
from recourse.kit.money import Money
from recourse.ledger import actions, queries
from recourse.ledger.policy import AttemptState, BreakKind, ScopeKind, Stage, TaskKind, Verdict, VoucherState

router = Router()
Open = Literal["promised", "approved", "executed"]
AccountCode = Annotated[str, Query(max_length=60, description="Of one account, such as bank:card.")]
MatterName = Annotated[str, Query(max_length=120, description="About one matter.")]
ShortName = Annotated[str, Field(min_length=1, max_length=80)]
Note = Annotated[str, Field(min_length=1, max_length=2000)]


class MoneyAmountOut(Schema):
    """An amount in minor units of a currency."""

    minor: int
    currency: str


class FigureOut(Schema):
    """How much stands in a state."""

    stage: Annotated[Stage, words_of(Stage)]
    amount: MoneyAmountOut
    count: int


class MoneyStandingOut(Schema):
    """How money stands now."""

    figures: list[FigureOut]
    unexplained: list[MoneyAmountOut]
    open_breaks: int
    open_tasks: int
    by_hand: int
    held: list[str]
    reconciled_at: dt.datetime | None


class LedgerAccountOut(Schema):
    """What is at an account."""

    code: str
    kind: str
    balance: MoneyAmountOut


class MoneyLineOut(Schema):
    """What waits in a state; the case where you may see it."""

    matter: str
    amount: MoneyAmountOut
    case: CaseBrief | None
    since: dt.datetime

    @staticmethod
    def resolve_amount(row: Any) -> Money:
        """Return what waits."""
        return Money(-row.minor, row.currency)

    @staticmethod
    def resolve_case(row: Any) -> Any:
        """Return the case where the caller may see it."""
        return row.shown_case


class PostingOut(Schema):
    """One movement of money."""

    id: UUID
    key: str
    from_account: str
    to_account: str
    amount: MoneyAmountOut
    stage: Annotated[Stage, words_of(Stage)]
    on: dt.date
    at: dt.datetime
    matter: str
    case: CaseBrief | None
    cause: str
    reference: str
    reverses: UUID | None
    by: str

    @staticmethod
    def resolve_from_account(row: Any) -> str:
        """Return the code of the account."""
        return str(row.from_account_id)

    @staticmethod
    def resolve_to_account(row: Any) -> str:
        """Return the code of the account."""
        return str(row.to_account_id)

    @staticmethod
    def resolve_reverses(row: Any) -> Any:
        """Return the key of the posting that this undoes."""
        return row.reverses_id

    @staticmethod
    def resolve_case(row: Any) -> Any:
        """Return the case where the caller may see it."""
        return row.shown_case


class PaymentAttemptOut(Schema):
    """One attempt to pay."""

    id: UUID
    version: int
    matter: str
    number: int
    key: str
    approval_ref: str
    provider: str
    amount: MoneyAmountOut
    case: CaseBrief | None
    state: Annotated[AttemptState, words_of(AttemptState)]
    provider_ref: str
    code: str
    sends: int
    looks: int
    planned_at: dt.datetime
    first_sent_at: dt.datetime | None
    executed_at: dt.datetime | None
    settled_at: dt.datetime | None
    ended_at: dt.datetime | None
    first_by: StaffBrief | None
    second_by: StaffBrief | None

    @staticmethod
    def resolve_case(row: Any) -> Any:
        """Return the case where the caller may see it."""
        return row.shown_case


class BreakOut(Schema):
    """A difference with a provider."""

    id: UUID
    version: int
    provider: str
    kind: Annotated[BreakKind, words_of(BreakKind)]
    subject: str
    ours_minor: int | None
    theirs_minor: int | None
    currency: str
    their_currency: str
    their_status: str
    found_at: dt.datetime
    resolved_at: dt.datetime | None
    resolved_by: StaffBrief | None
    verdict: str
    reason: str


class MoneyTaskOut(Schema):
    """Something about money that needs a person."""

    id: UUID
    version: int
    kind: Annotated[TaskKind, words_of(TaskKind)]
    subject: str
    attempt_id: UUID | None
    amount_minor: int
    currency: str
    raised_at: dt.datetime
    done_at: dt.datetime | None
    reason: str


class ReconciliationOut(Schema):
    """A comparison of a provider's list with the ledger."""

    id: UUID
    provider: str
    from_at: dt.datetime
    until_at: dt.datetime
    started_at: dt.datetime
    finished_at: dt.datetime | None
    is_waiting: bool
    theirs: int
    ours: int
    found: int
    error: str


class BudgetOut(Schema):
    """What counts against a limit."""

    kind: Annotated[ScopeKind, words_of(ScopeKind)]
    subject: str
    window_days: int
    currency: str
    pending_minor: int
    granted_minor: int


class VoucherOut(Schema):
    """Store credit, without its code."""

    id: UUID
    version: int
    matter: str
    amount: MoneyAmountOut
    state: Annotated[VoucherState, words_of(VoucherState)]
    case: CaseBrief | None
    issued_at: dt.datetime
    expires_at: dt.datetime | None
    spent_at: dt.datetime | None
    spent_on: str

    @staticmethod
    def resolve_case(row: Any) -> Any:
        """Return the case where the caller may see it."""
        return getattr(row, "shown_case", None)


class CostOut(Schema):
    """What remedies cost under one heading."""

    heading: str
    amount: MoneyAmountOut


class FindingOut(Schema):
    """A sum that does not agree with what it is the sum of."""

    rule: str
    about: str
    kept: int
    reckoned: int


class PaidIn(Versioned):
    """The bank's reference of a payment that was made."""

    reference: Annotated[str, Field(min_length=1, max_length=120)]


class NotPaidIn(Versioned):
    """Why not."""

    note: Note


class PaymentJudgedIn(Versioned):
    """What was found on the provider's own pages."""

    is_paid: Flag
    provider_ref: Annotated[str, Field(max_length=120)] = ""
    note: Note


class BreakResolvedIn(Versioned):
    """What a difference was."""

    verdict: Literal["explained", "accepted", "returned", "not_paid"]
    reason: Note


class TaskDoneIn(Versioned):
    """What was done."""

    reason: Note


class ReconcileIn(Body):
    """Which provider, which days."""

    provider: ShortName
    from_at: Instant
    until_at: Instant


class StopIn(Body):
    """Why nothing may go out."""

    why: ShortName


class RedeemIn(Body):
    """A voucher's code, and what it is spent on."""

    code: Annotated[str, Field(min_length=1, max_length=100)]
    spent_on: Annotated[str, Field(min_length=1, max_length=120, description="The order that it pays for.")]


class VoucherVoidIn(Body):
    """Why it is taken back."""

    note: Words


def _found(request: HttpRequest, attempt_id: UUID) -> Any:
    return queries.attempt(attempt_id, viewer=viewer(request))


@router.get("/money/standing", response=answers(MoneyStandingOut), operation_id="money_standing")
def standing(request: HttpRequest) -> Any:
    """Return how money stands now: by state, what nobody can explain, what needs a person."""
    return queries.money_standing(viewer=viewer(request))


@router.get("/money/accounts", response=answers(list[LedgerAccountOut]), operation_id="list_accounts")
def accounts(request: HttpRequest) -> Any:
    """Return what is at every account."""
    return queries.accounts(viewer=viewer(request))


@router.get("/money/lines", response=answers(PageOf[MoneyLineOut]), operation_id="list_money_lines")
def lines(request: HttpRequest, stage: Open, cursor: Cursor = None, size: Size = 50) -> Any:
    """Return what waits in a state, oldest first."""
    return queries.lines(Stage(stage), viewer=viewer(request), cursor=cursor, size=size)


@router.get("/money/postings", response=answers(PageOf[PostingOut]), operation_id="list_postings")
def postings(
    request: HttpRequest, account: AccountCode = "", matter: MatterName = "", cursor: Cursor = None, size: Size = 50
) -> Any:
    """Return postings, the newest first."""
    return queries.postings(viewer=viewer(request), account=account, matter=matter, cursor=cursor, size=size)


@router.get("/money/payments", response=answers(PageOf[PaymentAttemptOut]), operation_id="list_payments")
def payments(
    request: HttpRequest,
    state: Annotated[AttemptState | None, words_of(AttemptState)] = None,
    cursor: Cursor = None,
    size: Size = 50,
) -> Any:
    """Return attempts to pay, the newest first."""
    return queries.attempts(viewer=viewer(request), state=state or "", cursor=cursor, size=size)


@router.get(
    "/money/payments/by-hand", response=answers(PageOf[PaymentAttemptOut]), operation_id="list_payments_by_hand"
)
def by_hand(request: HttpRequest, cursor: Cursor = None, size: Size = 50) -> Any:
    """Return what finance pays by hand and what a second person checks, oldest first."""
    return queries.by_hand(viewer=viewer(request), cursor=cursor, size=size)


@router.get("/money/payments/{payment_id}", response=answers(PaymentAttemptOut), operation_id="get_payment")
def payment(request: HttpRequest, payment_id: UUID) -> Any:
    """Return one attempt to pay."""
    return _found(request, payment_id)


@router.post(
    "/money/payments/{payment_id}/payment", response=answers(PaymentAttemptOut), operation_id="confirm_payment"
)
def confirm(request: HttpRequest, payment_id: UUID, body: PaidIn) -> Any:
    """Say that a payment by hand was made."""
    actions.confirm_payment(payment_id, **told(body), **acting(request))
    return _found(request, payment_id)


@router.post("/money/payments/{payment_id}/check", response=answers(PaymentAttemptOut), operation_id="check_payment")
def check(request: HttpRequest, payment_id: UUID, body: Versioned) -> Any:
    """Confirm, as the second person, that a payment by hand was made."""
    actions.check_payment(payment_id, seen=body.seen, **acting(request))
    return _found(request, payment_id)


@router.post("/money/payments/{payment_id}/refusal", response=answers(PaymentAttemptOut), operation_id="refuse_payment")
def refuse(request: HttpRequest, payment_id: UUID, body: NotPaidIn) -> Any:
    """Say that a payment by hand cannot be made, or was not."""
    actions.refuse_payment(payment_id, **told(body), **acting(request))
    return _found(request, payment_id)


@router.post(
    "/money/payments/{payment_id}/judgement", response=answers(PaymentAttemptOut), operation_id="judge_payment"
)
def judge(request: HttpRequest, payment_id: UUID, body: PaymentJudgedIn) -> Any:
    """Say whether a payment of unknown outcome was made, half an hour after it was sent."""
    actions.judge_attempt(payment_id, **told(body), **acting(request))
    return _found(request, payment_id)


@router.get("/money/breaks", response=answers(PageOf[BreakOut]), operation_id="list_breaks")
def breaks(request: HttpRequest, is_open: bool = True, cursor: Cursor = None, size: Size = 50) -> Any:
    """Return differences with providers: those that stand, or those that were resolved."""
    return queries.breaks(viewer=viewer(request), is_open=is_open, cursor=cursor, size=size)


@router.post("/money/breaks/{break_id}/resolution", response=answers(BreakOut), operation_id="resolve_break")
def resolve(request: HttpRequest, break_id: UUID, body: BreakResolvedIn) -> Any:
    """Say what a difference was."""
    given = {**told(body), "verdict": Verdict(body.verdict)}
    return actions.resolve_break(break_id, **given, **acting(request))


@router.get("/money/tasks", response=answers(PageOf[MoneyTaskOut]), operation_id="list_money_tasks")
def tasks(request: HttpRequest, cursor: Cursor = None, size: Size = 50) -> Any:
    """Return what needs a person of finance, oldest first."""
    return queries.money_tasks(viewer=viewer(request), cursor=cursor, size=size)


@router.post("/money/tasks/{task_id}/completion", response=answers(MoneyTaskOut), operation_id="finish_money_task")
def finish(request: HttpRequest, task_id: UUID, body: TaskDoneIn) -> Any:
    """Say what was done about something that needed a person."""
    return actions.finish_task(task_id, **told(body), **acting(request))


@router.get("/money/reconciliations", response=answers(PageOf[ReconciliationOut]), operation_id="list_reconciliations")
def reconciliations(request: HttpRequest, cursor: Cursor = None, size: Size = 50) -> Any:
    """Return the comparisons with providers, the newest first."""
    return queries.reconciliations(viewer=viewer(request), cursor=cursor, size=size)


@router.post("/money/reconciliations", response=answers(ReconciliationOut, 201), operation_id="ask_reconciliation")
def reconcile(request: HttpRequest, body: ReconcileIn) -> Any:
    """Let the worker compare a provider's list of some days with the ledger."""
    return actions.ask_reconciliation(body.provider, from_at=body.from_at, until_at=body.until_at, **acting(request))


@router.post("/money/hold", response=answers(MoneyStandingOut), operation_id="hold_payments")
def hold(request: HttpRequest, body: StopIn) -> Any:
    """Let nothing go out to providers from now on."""
    actions.hold_payments(why=body.why, **acting(request))
    return queries.money_standing(viewer=viewer(request))


@router.post("/money/hold/end", response=answers(MoneyStandingOut), operation_id="free_payments")
def free(request: HttpRequest) -> Any:
    """Let payments go out again, after a comparison of the last 35 days with every provider."""
    actions.free_payments(**acting(request))
    return queries.money_standing(viewer=viewer(request))


@router.get("/money/budgets", response=answers(PageOf[BudgetOut]), operation_id="list_budgets")
def budgets(request: HttpRequest, cursor: Cursor = None, size: Size = 50) -> Any:
    """Return what counts against limits, the most used first."""
    return queries.budgets_used(viewer=viewer(request), cursor=cursor, size=size)


@router.get("/money/costs", response=answers(list[CostOut]), operation_id="costs")
def costs(request: HttpRequest, by: Literal["cause", "product", "department"], from_on: Day, until_on: Day) -> Any:
    """Return what remedies cost by cause, product or department."""
    return queries.costs(by, viewer=viewer(request), from_on=from_on, until_on=until_on)


@router.get("/money/check", response=answers(list[FindingOut]), operation_id="check_ledger")
def agreement(request: HttpRequest) -> Any:
    """Return every sum that does not agree with what it is the sum of; nothing where all is well."""
    viewer(request).require("money:read")
    return queries.check_ledger(at=at(request))


@router.get("/money/vouchers", response=answers(PageOf[VoucherOut]), operation_id="list_vouchers")
def vouchers(request: HttpRequest, cursor: Cursor = None, size: Size = 50) -> Any:
    """Return vouchers without their codes, the newest first."""
    return queries.vouchers(viewer=viewer(request), cursor=cursor, size=size)


@router.post("/money/vouchers/redemption", response=answers(VoucherOut), operation_id="redeem_voucher")
def redeem(request: HttpRequest, body: RedeemIn) -> Any:
    """Spend a voucher, whole and once."""
    return actions.redeem_voucher(body.code, spent_on=body.spent_on, **acting(request))


@router.post("/money/vouchers/{voucher_id}/end", response=answers(VoucherOut), operation_id="void_voucher")
def void(request: HttpRequest, voucher_id: UUID, body: VoucherVoidIn) -> Any:
    """Take back a voucher that is not spent."""
    return actions.void_voucher(voucher_id, note=body.note, **acting(request))
