"""Tables of what came in: submissions with their raw content, phone calls, import runs and the rows they refused."""

from django.db import models
from django.db.models import Q

from recourse.cases.models import Case
from recourse.intake.policy.words import CallDirection, ImportKind, RefusalState, RunState, SubmissionState
from recourse.kit.models import Row
from recourse.people.models import Staff
from recourse.timeline.models import Thread


class Submission(Row):
    """Something that came in by form or API, with its raw content (card numbers masked) and what became of it.

    `sender_key` and `address_key` are digests of the network address and the claimed mail address, for limits alone.
    """

    channel = models.CharField(max_length=12)
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in SubmissionState])
    raw = models.TextField()
    raw_sha256 = models.CharField(max_length=64)
    source_ref = models.CharField(max_length=120, blank=True)
    sender_key = models.CharField(max_length=64, blank=True)
    address_key = models.CharField(max_length=64, blank=True)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="submissions")
    message_id = models.UUIDField(null=True)
    reasons = models.JSONField(default=dict)
    proposals = models.JSONField(default=list)
    thread = models.OneToOneField(Thread, null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "source_ref"], condition=~Q(source_ref=""), name="submission_once_per_source"
            ),
            models.CheckConstraint(
                name="submission_accepted_has_case",
                condition=~Q(state__in=[SubmissionState.ACCEPTED, SubmissionState.REPLAYED]) | Q(case__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["sender_key", "received_at"], name="submission_by_sender"),
            models.Index(fields=["address_key", "received_at"], name="submission_by_address"),
            models.Index(
                fields=["-received_at"], condition=Q(state=SubmissionState.QUARANTINED), name="submission_quarantined"
            ),
        ]


class PhoneCall(Row):
    """A call with a customer: direction, when, how long, which number; its notes are a note on the case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="phone_calls")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="phone_calls")
    message_id = models.UUIDField()
    direction = models.CharField(max_length=10, choices=[(one.value, one.value) for one in CallDirection])
    number = models.CharField(max_length=40, blank=True)
    began_at = models.DateTimeField()
    seconds = models.PositiveIntegerField(default=0)
    is_answered = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["case", "began_at"], name="call_by_case")]


class ImportRun(Row):
    """One reading of a file: which file, how far, how many, with what result. A stopped run goes on at its cursor."""

    kind = models.CharField(max_length=12, choices=[(one.value, one.value) for one in ImportKind])
    source_name = models.CharField(max_length=200)
    source_sha256 = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=[(one.value, one.value) for one in RunState])
    cursor = models.PositiveBigIntegerField(default=0)
    made = models.PositiveBigIntegerField(default=0)
    known = models.PositiveBigIntegerField(default=0)
    refused = models.PositiveBigIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    thread = models.OneToOneField(Thread, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["-started_at"], name="import_newest_first")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source_sha256"], condition=Q(state=RunState.RUNNING), name="import_one_at_a_time"
            )
        ]


class ImportRefusal(Row):
    """A row that could not be taken: its number, its raw content (card numbers masked), the reasons by field."""

    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="refusals")
    row_number = models.PositiveBigIntegerField()
    raw = models.TextField()
    reasons = models.JSONField()
    state = models.CharField(
        max_length=10, default=RefusalState.WAITING, choices=[(one.value, one.value) for one in RefusalState]
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "row_number"], name="refusal_once_per_row")]
