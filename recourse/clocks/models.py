"""Tables of the clocks: what happened (never changed), where each clock stands, and what people promised."""

from django.db import models
from django.db.models import F, Q

from recourse.cases.models import Case
from recourse.clocks.policy import OPEN_STATES, FactKind, Family, State
from recourse.clocks.policy.promises import PromiseState
from recourse.kit.append_only import AppendOnly
from recourse.kit.models import Row, Versioned
from recourse.people.models import Staff

IS_OPEN = Q(state__in=[state.value for state in OPEN_STATES])


class ClockFact(AppendOnly, Row):
    """One thing that the clocks of a case were told; from these rows alone their whole state follows."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clock_facts", db_index=False)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=24, choices=[(kind.value, kind.value) for kind in FactKind])
    at = models.DateTimeField()
    told = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="clock_fact_once_per_number")]


class Clock(Row):
    """One clock of a case as the last fact or the last look left it.

    `thresholds` are [percent, instant] pairs, `warned_percent` the highest that was told. `next_look_at` is when
    something may be due to be told; a breach is a fact from `breached_at` on, and told once, at `breach_seen_at`.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks", db_index=False)
    kind = models.CharField(max_length=40)
    family = models.CharField(max_length=12, choices=[(family.value, family.value) for family in Family])
    epoch = models.PositiveSmallIntegerField()
    about = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=12, choices=[(state.value, state.value) for state in State])
    tier = models.CharField(max_length=24, blank=True)
    severity = models.CharField(max_length=12, blank=True)
    edition = models.PositiveIntegerField()
    basis = models.CharField(max_length=20)
    amount = models.PositiveIntegerField()
    calendar = models.CharField(max_length=40, blank=True)
    calendar_version = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    paused_since = models.DateTimeField(null=True)
    resumes_at = models.DateTimeField(null=True)
    paused_seconds = models.FloatField(default=0)
    used_seconds = models.FloatField(default=0)
    ended_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    breach_seen_at = models.DateTimeField(null=True)
    thresholds = models.JSONField(default=list)
    warned_percent = models.PositiveSmallIntegerField(default=0)
    next_look_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "kind", "epoch"], name="clock_once_per_epoch"),
            models.UniqueConstraint(
                fields=["case", "kind"], condition=IS_OPEN & ~Q(family=Family.PROMISE), name="clock_one_open_of_a_kind"
            ),
            models.CheckConstraint(
                name="clock_open_means_not_ended",
                condition=(IS_OPEN & Q(ended_at__isnull=True)) | (~IS_OPEN & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="clock_paused_means_no_due",
                condition=~Q(state=State.PAUSED) | Q(due_at__isnull=True, paused_since__isnull=False),
            ),
            models.CheckConstraint(
                name="clock_running_means_due", condition=~Q(state=State.RUNNING) | Q(due_at__isnull=False)
            ),
            models.CheckConstraint(
                name="clock_in_time_means_no_breach", condition=~Q(state=State.MET) | Q(breached_at__isnull=True)
            ),
            models.CheckConstraint(
                name="clock_only_commercial_pauses", condition=Q(family=Family.COMMERCIAL) | ~Q(state=State.PAUSED)
            ),
        ]
        indexes = [
            models.Index(fields=["next_look_at"], condition=Q(next_look_at__isnull=False), name="clock_next_look"),
            models.Index(fields=["due_at", "id"], condition=IS_OPEN, name="clock_open_by_due"),
            models.Index(fields=["ended_at", "kind"], condition=Q(ended_at__isnull=False), name="clock_by_end"),
        ]

    @property
    def is_open(self) -> bool:
        """Tell whether it still waits to be met."""
        return self.state in OPEN_STATES


class Promise(Versioned):
    """What somebody promised a customer: what, to whom, by when. The words are a person's; events never hold them."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="promises")
    made_on = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    what = models.TextField()
    to_whom = models.CharField(max_length=200, blank=True)
    given_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="promises", db_index=False)
    given_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(
        max_length=12, default=PromiseState.OPEN, choices=[(s.value, s.value) for s in PromiseState]
    )
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="promise_settled_means_when",
                condition=Q(state=PromiseState.OPEN, settled_at__isnull=True)
                | (~Q(state=PromiseState.OPEN) & Q(settled_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="promise_kept_means_in_time",
                condition=~Q(state=PromiseState.KEPT) | Q(settled_at__lte=F("due_at")),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state=PromiseState.OPEN), name="promise_open_by_due"),
            models.Index(
                fields=["given_by", "due_at"], condition=Q(state=PromiseState.OPEN), name="promise_open_by_giver"
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Tell whether it is still to be kept."""
        return self.state == PromiseState.OPEN
