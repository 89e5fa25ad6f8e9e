"""Tables of remedies: packages with their lines, claims of harm, offers and answers, letters, watches."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from recourse.cases.models import Case, visible_ids
from recourse.conversations.models import Attachment, Message
from recourse.customers.models import Customer, Order
from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.remedies import Execution, Fault, LetterKind
from recourse.kit.actor import Actor
from recourse.kit.append_only import AppendOnly
from recourse.kit.models import Row, Versioned
from recourse.kit.money import Money, written
from recourse.people.models import Staff
from recourse.remedies.policy import ENDED, FROZEN, UNSETTLED, OfferState, Outcome, Part, State, Verdict, WatchState

_APPROVED = [state.value for state in (State.APPROVED, *FROZEN)]
_PAYS = [Execution.PROVIDER.value, Execution.FINANCE.value, Execution.VOUCHER.value]


class PackageRows(models.QuerySet["Package"]):
    """Questions that start from packages."""

    def visible_to(self, viewer: Actor) -> Self:
        """Keep those of cases that the viewer may know of."""
        return self if viewer.is_system else self.filter(case__in=visible_ids(viewer))


class LineRows(models.QuerySet["Line"]):
    """Questions that start from lines."""

    def visible_to(self, viewer: Actor) -> Self:
        """Keep those of cases that the viewer may know of."""
        return self if viewer.is_system else self.filter(package__case__in=visible_ids(viewer))

    def unsettled(self) -> Self:
        """Keep those that keep a case from being resolved."""
        return self.filter(state__in=[state.value for state in UNSETTLED])


class Package(Versioned):
    """What one case gives its customer, what it rests on, and what was asked for.

    Amounts are minor units of `currency`. `loss_minor` and the others beside it are what the rules of `edition` said
    when the case was last assessed; `given_minor` is what was offered or given since, for like cases to look at.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="package")
    joined_from = models.UUIDField(null=True)
    edition = models.PositiveIntegerField()
    cause = models.CharField(max_length=40, blank=True)
    fault = models.CharField(max_length=20, default=Fault.OURS, choices=[(fault.value, fault.value) for fault in Fault])
    days = models.PositiveIntegerField(default=0)
    currency = models.CharField(max_length=3)
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="packages")
    items = models.JSONField(default=list)
    goods_minor = models.BigIntegerField(default=0)
    delivery_fee_minor = models.BigIntegerField(default=0)
    charge_minor = models.BigIntegerField(default=0)
    sought_kind = models.CharField(max_length=24, blank=True)
    sought_minor = models.BigIntegerField(null=True)
    outcome = models.CharField(
        max_length=12, default=Outcome.NOT_SAID, choices=[(outcome.value, outcome.value) for outcome in Outcome]
    )
    loss_minor = models.BigIntegerField(default=0)
    entitled_minor = models.BigIntegerField(default=0)
    whole_minor = models.BigIntegerField(default=0)
    goodwill_minor = models.BigIntegerField(default=0)
    given_minor = models.BigIntegerField(null=True)
    product = models.CharField(max_length=200, blank=True)
    channel = models.CharField(max_length=12)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    assessed_at = models.DateTimeField(null=True)

    objects = PackageRows.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="package_amounts_not_negative",
                condition=Q(
                    goods_minor__gte=0, delivery_fee_minor__gte=0, charge_minor__gte=0, loss_minor__gte=0,
                    entitled_minor__gte=0, whole_minor__gte=0, goodwill_minor__gte=0,
                ),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["cause", "currency", "-id"], condition=Q(given_minor__isnull=False), name="package_by_cause"
            )
        ]


class HarmClaim(Row):
    """One item of harm that the customer claims, and what of it counts."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="harms")
    key = models.CharField(max_length=40)
    claimed_minor = models.BigIntegerField()
    counted_minor = models.BigIntegerField(default=0)
    document = models.ForeignKey(Attachment, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["package", "key"], name="harm_claim_once_per_kind"),
            models.CheckConstraint(
                name="harm_claim_counts_no_more_than_claimed",
                condition=Q(counted_minor__gte=0, counted_minor__lte=F("claimed_minor")),
            ),
        ]


class Line(Versioned):
    """One thing that a package gives, with its own approval, answer, execution and settlement.

    `words` are a person's own: why it goes beyond, what is restored, which fee. `person_ids` are the humans who wrote
    it: none of them approves it.
    """

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=24, choices=[(kind.value, kind.value) for kind in LineKind])
    part = models.CharField(max_length=12, choices=[(part.value, part.value) for part in Part])
    rule = models.CharField(max_length=40, blank=True)
    amount_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    execution = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Execution])
    needs_acceptance = models.BooleanField(default=True)
    payment_id = models.UUIDField(null=True)
    item_ref = models.CharField(max_length=80, blank=True)
    quantity = models.PositiveIntegerField(null=True)
    document = models.ForeignKey(Attachment, null=True, on_delete=models.PROTECT, related_name="+")
    watch_days = models.PositiveSmallIntegerField(null=True)
    words = models.TextField(blank=True)
    excess_minor = models.BigIntegerField(default=0)
    is_outside_peers = models.BooleanField(default=False)
    state = models.CharField(
        max_length=12, default=State.DRAFT, choices=[(state.value, state.value) for state in State]
    )
    proposer = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    person_ids = models.JSONField(default=list)
    approval_id = models.UUIDField(null=True)
    reference = models.CharField(max_length=120, blank=True)
    fault = models.CharField(max_length=40, blank=True)
    edition = models.PositiveIntegerField()
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    written_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    offered_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    executed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    objects = LineRows.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["package", "number"], name="line_once_per_number"),
            models.CheckConstraint(name="line_amount_not_negative", condition=Q(amount_minor__gte=0)),
            models.CheckConstraint(
                name="line_pays_something", condition=~Q(execution__in=_PAYS) | Q(amount_minor__gt=0)
            ),
            models.CheckConstraint(
                name="line_of_money_needs_approval",
                condition=~Q(state__in=_APPROVED) | Q(amount_minor=0) | Q(approval_id__isnull=False),
            ),
            models.CheckConstraint(
                name="line_through_provider_names_payment",
                condition=~Q(execution=Execution.PROVIDER) | Q(payment_id__isnull=False),
            ),
            models.CheckConstraint(
                name="line_of_consequential_loss_needs_document",
                condition=~Q(kind=LineKind.CONSEQUENTIAL_LOSS) | Q(document__isnull=False),
            ),
            models.CheckConstraint(
                name="line_of_monitoring_has_length",
                condition=~Q(kind=LineKind.MONITORING) | Q(watch_days__gte=1),
            ),
            models.CheckConstraint(
                name="line_settled_means_when", condition=~Q(state=State.SETTLED) | Q(settled_at__isnull=False)
            ),
            models.CheckConstraint(
                name="line_failed_says_why",
                condition=~Q(state=State.FAILED) | (Q(failed_at__isnull=False) & ~Q(fault="")),
            ),
            models.CheckConstraint(name="line_not_replaced_by_itself", condition=~Q(replaces=F("id"))),
        ]
        indexes = [
            models.Index(
                fields=["package"],
                condition=~Q(state__in=[state.value for state in ENDED]),
                name="line_unsettled",
            )
        ]

    @property
    def matter(self) -> str:
        """Return how approvals and the ledger name it."""
        return f"remedy_line:{self.pk}"

    @property
    def amount(self) -> Money:
        """Return what it is worth."""
        return Money(self.amount_minor, self.currency)

    @property
    def amount_shown(self) -> str:
        """Return its amount as it is written, without the currency."""
        return written(self.amount_minor, self.currency)

    @property
    def is_settled(self) -> bool:
        """Tell whether nothing is left to do about it."""
        return self.state in ENDED

    @property
    def pays(self) -> bool:
        """Tell whether it moves money."""
        return self.execution in _PAYS


class Letter(Versioned):
    """A letter to the customer, with the mandatory texts that were checked before it left."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="letters")
    number = models.PositiveSmallIntegerField()
    letter = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in LetterKind])
    text = models.TextField()
    blocks = models.JSONField(default=list)
    edition = models.PositiveIntegerField()
    written_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    message = models.OneToOneField(Message, null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["package", "number"], name="letter_once_per_number"),
            models.CheckConstraint(
                name="letter_sent_means_message",
                condition=Q(message__isnull=True, sent_at__isnull=True)
                | Q(message__isnull=False, sent_at__isnull=False),
            ),
        ]


class RemedyOffer(Versioned):
    """Lines that were put to the customer together, until when, and whether they were answered."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="offers")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=12, default=OfferState.OPEN, choices=[(state.value, state.value) for state in OfferState]
    )
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["package", "number"], name="remedy_offer_once_per_number"),
            models.CheckConstraint(
                name="remedy_offer_open_means_not_ended",
                condition=Q(state=OfferState.OPEN, ended_at__isnull=True)
                | (~Q(state=OfferState.OPEN) & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state=OfferState.OPEN), name="remedy_offer_by_expiry")
        ]


class OfferLine(Row):
    """One line as it was offered; `shown` is what the customer read."""

    offer = models.ForeignKey(RemedyOffer, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="offered")
    shown = models.TextField()
    is_recalled = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "line"], name="offer_line_once")]


class Acceptance(AppendOnly, Row):
    """What the customer answered to one line, the words they had before them, and when; never changed."""

    offer_line = models.OneToOneField(OfferLine, on_delete=models.PROTECT, related_name="answer")
    verdict = models.CharField(max_length=12, choices=[(verdict.value, verdict.value) for verdict in Verdict])
    shown = models.TextField()
    wanted_minor = models.BigIntegerField(null=True)
    words = models.TextField(blank=True)
    pass_id = models.UUIDField()
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="acceptance_counter_says_what",
                condition=~Q(verdict=Verdict.COUNTER) | Q(wanted_minor__isnull=False) | ~Q(words=""),
            )
        ]


class Watch(Row):
    """That a settled matter is watched for some days; the same trouble again takes the case up anew."""

    line = models.OneToOneField(Line, on_delete=models.PROTECT, related_name="watch")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    family = models.CharField(max_length=40, blank=True)
    product = models.CharField(max_length=200, blank=True)
    state = models.CharField(
        max_length=12, default=WatchState.WATCHING, choices=[(state.value, state.value) for state in WatchState]
    )
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    recurred = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="watch_ended_means_when",
                condition=Q(state=WatchState.WATCHING, ended_at__isnull=True)
                | (~Q(state=WatchState.WATCHING) & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="watch_recurred_names_case",
                condition=~Q(state=WatchState.RECURRED) | Q(recurred__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["customer", "until_at"], condition=Q(state=WatchState.WATCHING), name="watch_by_customer"
            ),
            models.Index(fields=["until_at"], condition=Q(state=WatchState.WATCHING), name="watch_by_end"),
        ]
