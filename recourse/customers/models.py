"""Tables of the people whom the company serves: identities, notes of care, consent, orders, merges."""

from django.db import models
from django.db.models import F, Q

from recourse.customers.policy import ConsentKind, ContactChannel, IdentityKind, OrderState, PaymentKind
from recourse.kit.models import Row, Versioned
from recourse.kit.money import written
from recourse.timeline.models import Thread


class Customer(Versioned):
    """One person. After a merge the row stays and points to the person it was joined to."""

    number = models.BigIntegerField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=12, default="en")
    time_zone = models.CharField(max_length=64, default="UTC")
    preferred_channel = models.CharField(max_length=20, default=ContactChannel.EMAIL)
    contact_hours = models.CharField(max_length=120, blank=True)
    address = models.JSONField(default=dict)
    is_vulnerable = models.BooleanField(default=False)
    since_on = models.DateField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged_from")
    thread = models.OneToOneField(Thread, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["name", "id"], name="customer_by_name"),
            models.Index(fields=["id"], condition=Q(is_vulnerable=True), name="customer_vulnerable"),
        ]
        constraints = [
            models.CheckConstraint(name="customer_not_merged_into_itself", condition=~Q(merged_into=F("id")))
        ]

    @property
    def ref(self) -> str:
        """Return the public reference, such as CU-1042."""
        return f"CU-{self.number}"


class Identity(Row):
    """Something that a person is known by; one value belongs to one person at a time."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="identities")
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in IdentityKind])
    value = models.CharField(max_length=254)
    shown = models.CharField(max_length=254)
    is_verified = models.BooleanField(default=False)
    is_primary = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "value"], condition=Q(ended_at__isnull=True), name="identity_belongs_to_one"
            ),
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=Q(ended_at__isnull=True, is_primary=True),
                name="identity_one_primary_of_a_kind",
            ),
        ]


class CareNote(Row):
    """What staff should know to treat this person well; ended, never deleted."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="care_notes")
    text = models.TextField()
    author_id = models.UUIDField(null=True)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class Consent(Row):
    """What a person agreed to or withdrew, when and how; the newest of a kind counts."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in ConsentKind])
    is_given = models.BooleanField()
    how = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["customer", "kind", "-id"], name="consent_newest")]


class Order(Row):
    """An order as the shop knows it; amounts in minor units."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders", db_index=False)
    reference = models.CharField(max_length=80)
    source = models.CharField(max_length=40, default="shop")
    state = models.CharField(max_length=24, default=OrderState.UNKNOWN)
    source_state = models.CharField(max_length=80, blank=True)
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    placed_at = models.DateTimeField(null=True)
    address = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "reference"], name="order_once_per_source"),
            models.CheckConstraint(name="order_total_not_negative", condition=Q(total_minor__gte=0)),
        ]
        indexes = [models.Index(fields=["customer", "-id"], name="order_by_customer")]

    @property
    def total_shown(self) -> str:
        """Return the total as it is written, without the currency."""
        return written(self.total_minor, self.currency)


class OrderItem(Row):
    """One line of an order."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="items", db_index=False)
    position = models.PositiveSmallIntegerField()
    product_ref = models.CharField(max_length=80)
    item_ref = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    options = models.JSONField(default=dict)
    quantity = models.PositiveIntegerField(default=1)
    unit_minor = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "position"], name="order_item_once")]


class Payment(Row):
    """Money that went one way or the other for an order, as the shop reports it."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments", db_index=False)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in PaymentKind])
    method = models.CharField(max_length=40)
    method_ref = models.CharField(max_length=80, blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_payment_once"),
            models.CheckConstraint(name="payment_positive", condition=Q(amount_minor__gte=0)),
        ]


class Shipment(Row):
    """A parcel of an order."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="shipments", db_index=False)
    position = models.PositiveSmallIntegerField()
    tracking_refs = models.JSONField(default=list)
    item_refs = models.JSONField(default=list)
    carrier = models.CharField(max_length=80, blank=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "position"], name="order_shipment_once")]


class CustomerMerge(Row):
    """One joining of two persons, with what is needed to undo it."""

    kept = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merges_kept")
    joined = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merges_joined")
    moved = models.JSONField()
    by_staff_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["joined"], condition=Q(undone_at__isnull=True), name="customer_merge_one_at_a_time"
            )
        ]
