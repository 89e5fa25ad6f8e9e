"""Tables of the record: threads of entries, their private notes, deliveries, the sealed tree, the schedule."""

from typing import NoReturn

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from recourse.kit.append_only import AppendOnly
from recourse.kit.errors import Refused
from recourse.kit.models import Row, Versioned
from recourse.kit.time import iso
from recourse.timeline.policy import (
    GENESIS,
    DeliveryState,
    Sealed,
    WebhookState,
    canonical,
    chain_hash,
    node_place,
    thread_start,
)


def genesis() -> bytes:
    """Return the hash that a thread without entries holds."""
    return GENESIS


class Thread(Row):
    """The life of one thing (a case, a customer, an edition): its entries are numbered and chained.

    The head only moves on: a trigger refuses another key or kind, and a number that does not grow.
    """

    kind = models.CharField(max_length=40)
    last_number = models.PositiveIntegerField(default=0)
    last_hash = models.BinaryField(default=genesis)

    def start_hash(self) -> bytes:
        """Return the hash that the first entry is chained to."""
        return thread_start(str(self.pk), self.kind)

    def previous_hash(self) -> bytes:
        """Return the hash that the next entry is chained to."""
        return bytes(self.last_hash) if self.last_number else self.start_hash()

    def delete(self, *args: object, **kwargs: object) -> NoReturn:
        """Refuse: what has begun stays on the record."""
        raise Refused("record.append_only", _("What is on the record is neither changed nor removed."))


class Entry(AppendOnly):
    """One thing that happened. Never changed, never removed: triggers on both databases hold it."""

    position = models.BigAutoField(primary_key=True)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    event = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField()
    payload = models.TextField()
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=100)
    on_behalf_of = models.UUIDField(null=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    edition = models.PositiveIntegerField(null=True)
    audience = models.CharField(max_length=20)
    note_hash = models.CharField(max_length=64, default="")
    hash = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "number"], name="entry_once_per_number")]
        indexes = [
            models.Index(fields=["event", "-position"], name="entry_by_event"),
            models.Index(fields=["actor_id", "-position"], name="entry_by_actor"),
        ]

    def sealed(self) -> Sealed:
        """Return what the hash covers."""
        return Sealed(
            thread=str(self.thread_id),
            number=self.number,
            event=self.event,
            version=self.version,
            payload=self.payload,
            actor_kind=self.actor_kind,
            actor_id=self.actor_id,
            on_behalf_of=str(self.on_behalf_of or ""),
            at=iso(self.at),
            recorded_at=iso(self.recorded_at),
            edition=self.edition,
            audience=self.audience,
            note_hash=self.note_hash,
        )

    def expected_hash(self, previous: bytes) -> bytes:
        """Return the hash that this entry must have after `previous`."""
        return chain_hash(bytes(previous), self.sealed())


class Private(models.Model):
    """The words beside an entry that may be personal: kept apart so that they can be destroyed."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="private")
    salt = models.BinaryField(null=True)
    note = models.TextField()
    shredded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="private_is_whole_or_shredded",
                condition=Q(salt__isnull=False, shredded_at__isnull=True)
                | Q(salt__isnull=True, shredded_at__isnull=False, note=""),
            )
        ]


class Delivery(Row):
    """One reaction to one entry, to be run after the commit: an outbox row with lease and retry.

    `next_look_at` is when a worker looks at it: the next try of a waiting one, the end of the lease of a running one,
    nothing for one that is finished. `attempts` counts the starts and is the token of the lease.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="deliveries")
    reaction = models.CharField(max_length=120)
    is_outside = models.BooleanField(default=False)
    state = models.CharField(max_length=20, default=DeliveryState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_look_at = models.DateTimeField(null=True)
    worker = models.CharField(max_length=120, default="")
    error = models.TextField(default="")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "reaction"], name="delivery_once_per_reaction")]
        indexes = [
            models.Index(
                fields=["is_outside", "next_look_at"], name="delivery_due", condition=Q(next_look_at__isnull=False)
            ),
            models.Index(fields=["state", "-id"], name="delivery_by_state"),
            models.Index(fields=["done_at"], name="delivery_by_done", condition=Q(done_at__isnull=False)),
        ]


class Leaf(AppendOnly):
    """The place of an entry in the Merkle tree over the whole record; never changed."""

    index = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="leaf")
    hash = models.BinaryField()


class Subtree(AppendOnly):
    """The hash of a complete subtree of 256 leaves or more, so that a proof is a handful of look-ups."""

    place = models.BigIntegerField(primary_key=True)
    hash = models.BinaryField()

    @classmethod
    def at(cls, height: int, index: int, hashed: bytes) -> "Subtree":
        """Build the row of a subtree."""
        return cls(place=node_place(height, index), hash=hashed)


class Horizon(models.Model):
    """How far sealing has looked. Every entry up to `settled` has come; up to `position` once all transactions older
    than `transaction` have ended.

    One row, on PostgreSQL. On SQLite, where writers take turns, what is visible is settled.
    """

    settled = models.BigIntegerField(default=0)
    position = models.BigIntegerField(default=0)
    transaction = models.BigIntegerField(default=0)


class Checkpoint(AppendOnly, Row):
    """A signed head of the tree, to be kept outside: size, root, instant, Ed25519 signature."""

    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    at = models.DateTimeField()
    signature = models.CharField(max_length=128)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["size", "root"], name="checkpoint_once")]

    def statement(self) -> str:
        """Return the canonical text that is signed."""
        return canonical({"at": iso(self.at), "root": self.root, "size": self.size})


class Slot(models.Model):
    """When a line of the schedule runs next, and who runs it now."""

    name = models.CharField(primary_key=True, max_length=80)
    cron = models.CharField(max_length=80, default="")
    next_run_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    last_run_at = models.DateTimeField(null=True)
    last_error = models.TextField(default="")


class Worker(Row):
    """A worker that runs deliveries and the schedule: when it started and when it was last seen alive."""

    name = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-seen_at"], name="worker_by_seen")]


class Webhook(Versioned):
    """A receiver outside that is told of events. The secrets are sealed; `previous_secret` also signs until its end."""

    thread = models.OneToOneField(Thread, on_delete=models.PROTECT, related_name="+")
    url = models.CharField(max_length=2000)
    events = models.JSONField(default=list)
    secret = models.TextField()
    previous_secret = models.TextField(default="")
    previous_until = models.DateTimeField(null=True)
    owner_id = models.UUIDField(null=True)
    state = models.CharField(max_length=20, default=WebhookState.ACTIVE)
    failing_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state"], name="webhook_by_state")]


class WebhookAttempt(Row):
    """One sending to a webhook and what came of it; neither what was sent nor what was answered."""

    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="attempts")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=40)
    status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["webhook", "-id"], name="attempt_by_webhook")]
