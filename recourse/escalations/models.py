"""Tables of escalation: requests with their grounds, the gate's decisions, hand-backs, accounts, ladders, notices."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from recourse.cases.models import Case, Queue, visible_ids
from recourse.customers.models import Customer
from recourse.escalations.policy import OPEN, NoticeKind, State, StepState, Verdict
from recourse.kit.actor import Actor
from recourse.kit.append_only import AppendOnly
from recourse.kit.models import Row, Versioned
from recourse.people.models import Staff, Team
from recourse.timeline.models import Entry

IS_OPEN = Q(state__in=[state.value for state in OPEN])


class EscalationRows(models.QuerySet["Escalation"]):
    """Questions that start from escalations."""

    def visible_to(self, viewer: Actor) -> Self:
        """Keep those of cases that the viewer may know of; a customer never sees one."""
        if viewer.staff_id is None and not viewer.is_system:
            return self.none()
        return self if viewer.is_system else self.filter(case__in=visible_ids(viewer))

    def open(self) -> Self:
        """Keep those that are undecided or being worked on."""
        return self.filter(IS_OPEN)


class AccountEscalation(Row):
    """Several cases of one customer that are worked as one, with one coordinator."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="account_escalations")
    coordinator = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(ended_at__isnull=True), name="account_escalation_once_per_customer"
            )
        ]


class AccountMember(Row):
    """That a case belongs to an account escalation."""

    account = models.ForeignKey(AccountEscalation, on_delete=models.PROTECT, related_name="members")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="account_memberships")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at__isnull=True), name="account_member_once_per_case"
            )
        ]


class Escalation(Versioned):
    """One request that a case leave the front line, and what became of it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="escalations")
    number = models.PositiveSmallIntegerField()
    requester = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="escalations_requested")
    on_behalf_of = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    severity = models.CharField(max_length=12)
    impact = models.CharField(max_length=12)
    tier = models.CharField(max_length=24)
    computed_tier = models.CharField(max_length=24)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="escalations")
    state = models.CharField(
        max_length=16, default=State.REQUESTED, choices=[(state.value, state.value) for state in State]
    )
    edition = models.PositiveIntegerField()
    facts = models.JSONField()
    bounces = models.PositiveSmallIntegerField(default=0)
    is_ping_pong = models.BooleanField(default=False)
    supervisor = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    is_pass_through = models.BooleanField(default=False)
    origin_queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+")
    origin_owner = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    offered_to = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="hand_backs_offered")
    requested_at = models.DateTimeField()
    gate_due_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    responded_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    was_needed = models.BooleanField(null=True)

    objects = EscalationRows.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="escalation_once_per_number"),
            models.UniqueConstraint(fields=["case"], condition=IS_OPEN, name="escalation_one_open_per_case"),
            models.CheckConstraint(
                name="escalation_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requester")),
            ),
            models.CheckConstraint(
                name="escalation_offered_means_handing_back",
                condition=~Q(state=State.HANDING_BACK) | Q(offered_to__isnull=False),
            ),
            models.CheckConstraint(
                name="escalation_open_means_not_ended",
                condition=Q(ended_at__isnull=True, state__in=[state.value for state in OPEN])
                | (Q(ended_at__isnull=False) & ~IS_OPEN),
            ),
        ]
        indexes = [
            models.Index(
                fields=["team", "gate_due_at"], condition=Q(state=State.REQUESTED), name="escalation_at_the_gate"
            ),
            models.Index(fields=["requester", "-requested_at"], name="escalation_by_requester"),
            models.Index(fields=["-decided_at"], name="escalation_by_decision"),
            models.Index(fields=["offered_to"], condition=Q(state=State.HANDING_BACK), name="escalation_offered"),
        ]

    @property
    def ref(self) -> str:
        """Return how people name it, such as RC-1042/1."""
        return f"{self.case.ref}/{self.number}"

    @property
    def is_open(self) -> bool:
        """Tell whether it is undecided or being worked on."""
        return self.state in OPEN


class Ground(Row):
    """One ground of a request with its evidence: typed values, and a person's own words apart from them."""

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="grounds")
    code = models.CharField(max_length=40)
    is_met = models.BooleanField()
    is_computed = models.BooleanField()
    evidence = models.JSONField(default=dict)
    words = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["escalation", "code"], name="ground_once_per_escalation")]


class GateDecision(AppendOnly, Row):
    """What somebody decided about an escalation; never changed. The note stands beside its entry on the record.

    A refusal that went through by chance keeps the verdict `return` and its reason, with `is_pass_through`.
    """

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=16, choices=[(verdict.value, verdict.value) for verdict in Verdict])
    reason = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    on_behalf_of_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    edition = models.PositiveIntegerField()
    is_pass_through = models.BooleanField(default=False)
    tier_before = models.CharField(max_length=24)
    tier_after = models.CharField(max_length=24)
    team_after = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["escalation", "at"], name="gate_decision_by_time")]


class HandBack(Row):
    """One offer to give a case back to the front line, and how it was answered."""

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="hand_backs")
    reason = models.CharField(max_length=40)
    offered_to = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    offered_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    is_accepted = models.BooleanField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["escalation"], condition=Q(answered_at__isnull=True), name="hand_back_one_at_a_time"
            )
        ]


class LadderWatch(models.Model):
    """When a case's ladders are next looked at; an early look does no harm, for each look reckons afresh."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="ladder_watch")
    next_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="ladder_watch_due")]


class LadderFire(AppendOnly, Row):
    """What became of one rung beside one clock instance: it fired or was skipped, once and for good."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="ladder_fires")
    clock = models.CharField(max_length=40)
    epoch = models.PositiveIntegerField()
    ladder = models.CharField(max_length=40)
    step = models.CharField(max_length=40)
    state = models.CharField(max_length=12, choices=[(state.value, state.value) for state in StepState])
    why = models.CharField(max_length=40, blank=True)
    planned_at = models.DateTimeField()
    settled_at = models.DateTimeField()
    edition = models.PositiveIntegerField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "clock", "epoch", "ladder", "step"], name="ladder_fire_once_per_clock"
            )
        ]


class Notice(Row):
    """Something that one person should know; it stands on their Today until they have read it."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="notices")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    escalation = models.ForeignKey(Escalation, null=True, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=24, choices=[(kind.value, kind.value) for kind in NoticeKind])
    words = models.JSONField(default=dict)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "entry"], name="notice_once_per_entry")]
        indexes = [models.Index(fields=["staff", "-at"], condition=Q(read_at__isnull=True), name="notice_unread")]
