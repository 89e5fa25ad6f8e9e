"""Tables of money: postings and balances, budgets, payments, attempts, what providers report, breaks, vouchers."""

from django.db import models
from django.db.models import F, Q

from recourse.cases.models import Case
from recourse.customers.models import Customer
from recourse.kit.append_only import AppendOnly
from recourse.kit.models import Row, Versioned
from recourse.kit.money import Money, written
from recourse.ledger.policy import (
    AccountKind,
    AttemptState,
    BreakKind,
    ChargebackState,
    HoldState,
    ScopeKind,
    Stage,
    TaskKind,
    VoucherState,
)
from recourse.ledger.policy.attempts import ENDED, LIVE
from recourse.people.models import Staff


class Account(models.Model):
    """A place that money is at; the code says which, the kind how it is read."""

    code = models.CharField(primary_key=True, max_length=60)
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in AccountKind])


class Posting(AppendOnly, Row):
    """One movement of money, from one account to another. Never changed, never removed; undone by its reversal."""

    key = models.CharField(max_length=160, unique=True)
    from_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    stage = models.CharField(max_length=12, choices=[(stage.value, stage.value) for stage in Stage])
    on = models.DateField()
    at = models.DateTimeField()
    matter = models.CharField(max_length=120)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="postings", db_index=False)
    cause = models.CharField(max_length=80, blank=True)
    reference = models.CharField(max_length=160, blank=True)
    rate = models.CharField(max_length=32, blank=True)
    rate_from = models.CharField(max_length=80, blank=True)
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversal")
    by = models.CharField(max_length=100)
    edition = models.PositiveIntegerField(null=True)
    content_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(name="posting_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(name="posting_between_two", condition=~Q(from_account=F("to_account"))),
        ]
        indexes = [
            models.Index(fields=["matter", "id"], name="posting_by_matter"),
            models.Index(fields=["from_account", "-id"], name="posting_by_from"),
            models.Index(fields=["to_account", "-id"], name="posting_by_to"),
            models.Index(fields=["stage", "-id"], name="posting_by_stage"),
            models.Index(fields=["case", "-id"], condition=Q(case__isnull=False), name="posting_by_case"),
            models.Index(fields=["on", "id"], name="posting_by_day"),
        ]

    @property
    def amount(self) -> Money:
        """Return how much moved."""
        return Money(self.amount_minor, self.currency)


class Balance(models.Model):
    """What went to an account less what went from it, kept with every posting; in shares that writers rarely share."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="balances", db_index=False)
    currency = models.CharField(max_length=3)
    shard = models.PositiveSmallIntegerField()
    minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "currency", "shard"], name="balance_once")]


class Standing(Row):
    """What one matter still has in a clearing account: nothing once it is through."""

    matter = models.CharField(max_length=120)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    currency = models.CharField(max_length=3)
    minor = models.BigIntegerField(default=0)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "account", "currency"], name="standing_once")]
        indexes = [models.Index(fields=["account", "since", "id"], condition=~Q(minor=0), name="standing_open")]

    @property
    def shown(self) -> str:
        """Return the amount as it is written, without its sign and currency."""
        return written(abs(self.minor), self.currency)


class Budget(Row):
    """What counts against the limits of one scope. The cap is the one under which the last grant went through."""

    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in ScopeKind])
    subject = models.CharField(max_length=120)
    window_days = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    pending_minor = models.BigIntegerField(default=0)
    granted_minor = models.BigIntegerField(default=0)
    cap_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject", "window_days", "currency"], name="budget_once"),
            models.CheckConstraint(name="budget_pending_not_negative", condition=Q(pending_minor__gte=0)),
            models.CheckConstraint(name="budget_granted_not_negative", condition=Q(granted_minor__gte=0)),
            models.CheckConstraint(name="budget_within_cap", condition=Q(granted_minor__lte=F("cap_minor"))),
        ]
        indexes = [models.Index(fields=["-granted_minor", "-id"], name="budget_by_use")]


class BudgetHold(Row):
    """What one matter takes of one budget, in the budget's currency; the rate is the one of the decision."""

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="holds", db_index=False)
    matter = models.CharField(max_length=120)
    state = models.CharField(
        max_length=12, default=HoldState.PENDING, choices=[(state.value, state.value) for state in HoldState]
    )
    minor = models.BigIntegerField()
    asked_minor = models.BigIntegerField()
    asked_currency = models.CharField(max_length=3)
    rate = models.CharField(max_length=32, blank=True)
    rate_from = models.CharField(max_length=80, blank=True)
    held_at = models.DateTimeField()
    granted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "budget"], condition=~Q(state=HoldState.RELEASED), name="budget_hold_once_per_matter"
            ),
            models.CheckConstraint(name="budget_hold_positive", condition=Q(minor__gte=0, asked_minor__gt=0)),
        ]
        indexes = [
            models.Index(
                fields=["budget", "granted_at"], condition=Q(state=HoldState.GRANTED), name="budget_hold_by_age"
            ),
        ]


class PaymentRoom(Row):
    """How much of a captured payment is on its way back, was paid back, was charged back, or went back past us."""

    payment_id = models.UUIDField(unique=True)
    order_id = models.UUIDField()
    charge_ref = models.CharField(max_length=80)
    method = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    captured_minor = models.BigIntegerField()
    refunding_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    charged_back_minor = models.BigIntegerField(default=0)
    elsewhere_minor = models.BigIntegerField(default=0)
    elsewhere_at_first_minor = models.BigIntegerField(default=0)
    open_disputes = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="payment_room_enough",
                condition=Q(
                    captured_minor__gte=F("refunding_minor")
                    + F("refunded_minor")
                    + F("charged_back_minor")
                    + F("elsewhere_minor")
                ),
            ),
            models.CheckConstraint(
                name="payment_room_not_negative",
                condition=Q(
                    refunding_minor__gte=0, refunded_minor__gte=0, charged_back_minor__gte=0, elsewhere_minor__gte=0
                ),
            ),
        ]
        indexes = [models.Index(fields=["charge_ref"], name="payment_room_by_charge")]

    @property
    def left_minor(self) -> int:
        """Return how much can still be paid back."""
        taken = self.refunding_minor + self.refunded_minor + self.charged_back_minor + self.elsewhere_minor
        return self.captured_minor - taken


class Attempt(Versioned):
    """One attempt to pay, with the one key that it is sent under. Written before the first call, never removed."""

    matter = models.CharField(max_length=120)
    number = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=80, unique=True)
    approval_ref = models.CharField(max_length=120)
    room = models.ForeignKey(PaymentRoom, null=True, on_delete=models.PROTECT, related_name="attempts")
    provider = models.CharField(max_length=40)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="payment_attempts")
    state = models.CharField(
        max_length=12, default=AttemptState.PLANNED, choices=[(state.value, state.value) for state in AttemptState]
    )
    provider_ref = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=80, blank=True)
    is_looked_up_first = models.BooleanField(default=False)
    is_barred = models.BooleanField(default=False)
    sends = models.PositiveIntegerField(default=0)
    looks = models.PositiveIntegerField(default=0)
    planned_at = models.DateTimeField()
    first_sent_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    executed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    next_look_at = models.DateTimeField(null=True)
    first_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    first_person_id = models.UUIDField(null=True)
    first_persons = models.JSONField(default=list)
    second_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    second_person_id = models.UUIDField(null=True)
    edition = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matter", "number"], name="attempt_once_per_number"),
            models.UniqueConstraint(
                fields=["matter"],
                condition=Q(state__in=[state.value for state in LIVE]),
                name="attempt_one_live_per_matter",
            ),
            models.UniqueConstraint(
                fields=["approval_ref"],
                condition=Q(state__in=[state.value for state in LIVE]),
                name="attempt_one_live_per_approval",
            ),
            models.UniqueConstraint(
                fields=["provider", "provider_ref"], condition=~Q(provider_ref=""), name="attempt_once_per_effect"
            ),
            models.CheckConstraint(name="attempt_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="attempt_confirmed_by_two",
                condition=Q(second_person_id__isnull=True)
                | (Q(first_person_id__isnull=False) & ~Q(first_person_id=F("second_person_id"))),
            ),
            models.CheckConstraint(
                name="attempt_ended_means_when",
                condition=Q(ended_at__isnull=True) | Q(state__in=[state.value for state in ENDED]),
            ),
        ]
        indexes = [
            models.Index(fields=["next_look_at"], condition=Q(next_look_at__isnull=False), name="attempt_due"),
            models.Index(fields=["provider", "planned_at"], name="attempt_by_provider"),
            models.Index(fields=["state", "-id"], name="attempt_by_state"),
        ]

    @property
    def amount(self) -> Money:
        """Return how much is to be paid."""
        return Money(self.amount_minor, self.currency)


class ProviderEvent(Row):
    """One report of a provider, kept as it came in and taken in once."""

    provider = models.CharField(max_length=40)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    body = models.JSONField()
    received_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    taken_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="provider_event_once")]
        indexes = [
            models.Index(fields=["received_at"], condition=Q(taken_at__isnull=True), name="provider_event_waiting")
        ]


class Reconciliation(Row):
    """One comparison of a provider's list with ours, over the payments of some days."""

    provider = models.CharField(max_length=40)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    theirs = models.PositiveIntegerField(default=0)
    ours = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=100)
    is_waiting = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["-started_at", "-id"], name="reconciliation_newest"),
            models.Index(fields=["started_at"], condition=Q(is_waiting=True), name="reconciliation_waiting"),
        ]


class Break(Versioned):
    """One difference between a provider and us; it stands until a person has said what it was."""

    provider = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in BreakKind])
    subject = models.CharField(max_length=120)
    attempt = models.ForeignKey(Attempt, null=True, on_delete=models.PROTECT, related_name="breaks")
    ours_minor = models.BigIntegerField(null=True)
    theirs_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    their_currency = models.CharField(max_length=3, blank=True)
    their_status = models.CharField(max_length=40, blank=True)
    charge_ref = models.CharField(max_length=80, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    first_seen = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="breaks_found")
    last_seen = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "kind", "subject"], condition=Q(resolved_at__isnull=True), name="break_once"
            )
        ]
        indexes = [
            models.Index(fields=["found_at", "id"], condition=Q(resolved_at__isnull=True), name="break_open"),
            models.Index(fields=["-found_at", "-id"], name="break_newest"),
            models.Index(fields=["reference"], condition=~Q(reference=""), name="break_by_reference"),
            models.Index(fields=["charge_ref"], condition=~Q(charge_ref=""), name="break_by_charge"),
        ]


class MoneyTask(Versioned):
    """Something about money that a person of finance must look at."""

    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in TaskKind])
    subject = models.CharField(max_length=160)
    attempt = models.ForeignKey(Attempt, null=True, on_delete=models.PROTECT, related_name="tasks")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    raised_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(done_at__isnull=True), name="money_task_once"
            )
        ]
        indexes = [
            models.Index(fields=["raised_at", "id"], condition=Q(done_at__isnull=True), name="money_task_open"),
        ]


class Chargeback(Row):
    """A payment, or part of one, that the customer's bank took back."""

    provider = models.CharField(max_length=40)
    provider_ref = models.CharField(max_length=120)
    charge_ref = models.CharField(max_length=80)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=8, choices=[(state.value, state.value) for state in ChargebackState])
    room = models.ForeignKey(PaymentRoom, null=True, on_delete=models.PROTECT, related_name="chargebacks")
    counted_minor = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "provider_ref"], name="chargeback_once"),
            models.CheckConstraint(name="chargeback_positive", condition=Q(amount_minor__gt=0, counted_minor__gte=0)),
        ]
        indexes = [models.Index(fields=["charge_ref"], name="chargeback_by_charge")]

    @property
    def amount(self) -> Money:
        """Return how much was taken back."""
        return Money(self.amount_minor, self.currency)


class PaymentsHold(Row):
    """That nothing goes out to providers, since when and why; lifted after a reconciliation."""

    why = models.CharField(max_length=80)
    held_at = models.DateTimeField()
    held_by = models.CharField(max_length=100)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["why"], condition=Q(lifted_at__isnull=True), name="payments_hold_once_per_reason"
            )
        ]


class Voucher(Versioned):
    """Store credit that was issued once and is spent once; the code is sealed, and found by its digest."""

    matter = models.CharField(max_length=120, unique=True)
    approval_ref = models.CharField(max_length=120, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="vouchers")
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="vouchers")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    code_digest = models.CharField(max_length=64, unique=True)
    code_sealed = models.TextField()
    state = models.CharField(
        max_length=12, default=VoucherState.ISSUED, choices=[(state.value, state.value) for state in VoucherState]
    )
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    spent_at = models.DateTimeField(null=True)
    spent_on = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="voucher_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="voucher_spent_means_when",
                condition=(Q(state=VoucherState.ISSUED) & Q(spent_at__isnull=True))
                | (~Q(state=VoucherState.ISSUED) & Q(spent_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state=VoucherState.ISSUED), name="voucher_by_expiry"),
            models.Index(fields=["-issued_at", "-id"], name="voucher_newest"),
        ]

    @property
    def amount(self) -> Money:
        """Return what it is worth."""
        return Money(self.amount_minor, self.currency)
