"""Tables of what was said: messages and their originals, moves, drafts, templates, attachments, presence, passes."""

from django.db import models
from django.db.models import Q

from recourse.cases.models import Case
from recourse.conversations.policy.words import Direction, Doing, DraftKind, MessageState, MoveWhy, Visibility
from recourse.customers.models import Customer
from recourse.kit.models import Row, Versioned
from recourse.people.models import Staff
from recourse.timeline.models import Thread


class Message(Versioned):
    """Words on a case: the customer's, ours to the customer, or a note that never leaves.

    `at` is when it was said and orders the page; `number` counts within the case. `addressed_case` is the case that
    the customer wrote to, where that one has been merged into this.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="messages")
    addressed_case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    direction = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Direction])
    visibility = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Visibility])
    channel = models.CharField(max_length=12)
    staff = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="messages")
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="messages")
    text = models.TextField()
    html = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in MessageState])
    is_automatic = models.BooleanField(default=False)
    is_from_advanced = models.BooleanField(default=False)
    is_verified = models.BooleanField(default=True)
    is_reply_needed = models.BooleanField(default=False)
    is_redacted = models.BooleanField(default=False)
    masked_cards = models.PositiveSmallIntegerField(default=0)
    external_id = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    release_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    edited_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="message_number_once_per_case"),
            models.UniqueConstraint(
                fields=["channel", "external_id"], condition=~Q(external_id=""), name="message_once_per_external_id"
            ),
            models.CheckConstraint(
                name="message_internal_goes_nowhere",
                condition=Q(visibility=Visibility.INTERNAL, direction=Direction.NONE)
                | Q(visibility=Visibility.PUBLIC, direction__in=[Direction.INBOUND, Direction.OUTBOUND]),
            ),
            models.CheckConstraint(
                name="message_state_fits_direction",
                condition=Q(direction=Direction.NONE, state__in=[MessageState.NOTED, MessageState.DELETED])
                | Q(direction=Direction.INBOUND, state__in=[MessageState.RECEIVED, MessageState.DELETED])
                | Q(
                    direction=Direction.OUTBOUND,
                    state__in=[
                        MessageState.SENDING, MessageState.SENT, MessageState.FAILED,
                        MessageState.BOUNCED, MessageState.RETRACTED, MessageState.DELETED,
                    ],
                ),
            ),
            models.CheckConstraint(
                name="message_sending_has_release",
                condition=~Q(state=MessageState.SENDING) | Q(release_at__isnull=False),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["case", "at", "id"], name="message_by_time"),
            models.Index(fields=["release_at"], condition=Q(state=MessageState.SENDING), name="message_to_release"),
            models.Index(fields=["case", "at"], condition=Q(is_reply_needed=True), name="message_awaiting_reply"),
        ]


class MessageVersion(Row):
    """The words of a message before an edit; kept for ever, unless they are redacted."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    html = models.TextField(blank=True)
    replaced_at = models.DateTimeField()
    replaced_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "number"], name="message_version_once")]


class MessageMove(Row):
    """That a message went to another case by a merge or a split; undoing marks it and moves the message back."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="moves")
    from_case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    to_case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    from_number = models.PositiveIntegerField()
    why = models.CharField(max_length=10, choices=[(one.value, one.value) for one in MoveWhy])
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["from_case", "to_case", "undone_at"], name="message_move_by_cases")]


class Draft(Versioned):
    """What somebody is writing on a case; emptied when sent or discarded, never removed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="drafts")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="drafts")
    kind = models.CharField(max_length=10, choices=[(one.value, one.value) for one in DraftKind])
    text = models.TextField(blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "staff", "kind"], name="draft_once")]


class Template(Versioned):
    """A text to begin from, with fields of the white list."""

    name = models.CharField(max_length=120)
    body = models.TextField()
    is_active = models.BooleanField(default=True)
    thread = models.OneToOneField(Thread, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], condition=Q(is_active=True), name="template_name_once")]


class TemplateVersion(Row):
    """A template as it stood, for ever."""

    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    body = models.TextField()
    at = models.DateTimeField()
    by_staff_id = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="template_version_once")]


class Attachment(Row):
    """A file on a case. `key` is its name on disk; until it belongs to a message it waits beside a draft."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="attachments")
    message = models.ForeignKey(Message, null=True, on_delete=models.PROTECT, related_name="attachments")
    draft_kind = models.CharField(max_length=10, blank=True)
    staff = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    key = models.UUIDField(unique=True)
    sha256 = models.CharField(max_length=64)
    stored_sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    masked_cards = models.PositiveSmallIntegerField(default=0)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["case", "staff", "draft_kind"], name="attachment_by_draft")]


class Presence(Row):
    """That somebody has a case open, and whether they write; forgotten after 45 seconds of silence."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="presences")
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="presences")
    doing = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Doing])
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "staff"], name="presence_once")]


class CasePass(Row):
    """The key to one “my case” page: kept as a hash, for one case and one person, with an end."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="passes")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="passes")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "customer"], condition=Q(revoked_at__isnull=True), name="pass_one_in_force"
            )
        ]
