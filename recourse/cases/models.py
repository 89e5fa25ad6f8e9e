"""Tables of the case: the case itself, queues, waits, holds, links, merges, splits, readers, saved views."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q, QuerySet

from recourse.cases.policy import FAR, OPEN, Channel, Impact, LinkKind, Priority, Severity, Stage, Tier
from recourse.customers.models import Customer
from recourse.kit.actor import Actor, ActorKind
from recourse.kit.models import Row, Versioned
from recourse.people.models import Skill, Staff, Team
from recourse.timeline.models import Thread

ADVANCED = [tier.value for tier in Tier if tier is not Tier.FRONT_LINE]
IS_OPEN = Q(stage__in=[stage.value for stage in OPEN])


class Queue(Versioned):
    """A line of cases that a team takes from."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="queues")
    is_default = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    thread = models.OneToOneField(Thread, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team"], condition=Q(is_default=True), name="queue_one_default_per_team")
        ]


class CaseRows(models.QuerySet["Case"]):
    """Questions that start from cases."""

    def visible_to(self, viewer: Actor) -> Self:
        """Keep the cases that the viewer may know of; the root of every question about a case.

        The wide rights stand first and need no other table than that of the teams; what one owns or was named a
        reader of is one more set of keys, looked at only for the rows that the first part leaves out.
        """
        if viewer.is_system:
            return self
        if viewer.kind is ActorKind.CUSTOMER:
            return self.filter(pk=viewer.case_id)
        if not viewer.can("case:read"):
            return self.filter(pk__among=own_ids(viewer))
        own, seen = Q(pk__in=own_ids(viewer)), Q()
        if not viewer.can("case:read_walled"):
            seen &= ~Q(team_id__in=Team.objects.filter(is_walled=True).exclude(pk__in=viewer.team_ids).values("pk"))
        if not viewer.can("case:read_restricted"):
            seen &= Q(is_restricted=False)
        return self.filter(seen | own) if seen else self

    def open(self) -> Self:
        """Keep the cases that somebody still has to work on."""
        return self.filter(IS_OPEN)


class Case(Versioned):
    """One problem of one customer, with one named owner."""

    number = models.BigIntegerField(unique=True)
    stage = models.CharField(max_length=12, default=Stage.NEW, choices=[(stage.value, stage.value) for stage in Stage])
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="cases", db_index=False)
    original_customer_id = models.UUIDField(null=True)
    owner = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="cases")
    contact_owner = models.ForeignKey(
        Staff, null=True, on_delete=models.PROTECT, related_name="contact_cases", db_index=False
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="cases", db_index=False)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="cases", db_index=False)
    skill = models.ForeignKey(Skill, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=12, choices=[(channel.value, channel.value) for channel in Channel])
    subject = models.CharField(max_length=300)
    family = models.CharField(max_length=40, blank=True)
    problem = models.CharField(max_length=200, blank=True)
    product = models.CharField(max_length=200, blank=True)
    remedy_sought = models.CharField(max_length=300, blank=True)
    severity = models.CharField(max_length=12, default=Severity.MEDIUM)
    impact = models.CharField(max_length=12, default=Impact.ONE)
    priority = models.CharField(max_length=12, default=Priority.NORMAL)
    priority_rank = models.PositiveSmallIntegerField(default=2)
    tier = models.CharField(max_length=24, default=Tier.FRONT_LINE)
    is_restricted = models.BooleanField(default=False)
    order_refs = models.JSONField(default=list)
    source = models.CharField(max_length=40, blank=True)
    source_ref = models.CharField(max_length=120, blank=True)
    received_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    close_reason = models.CharField(max_length=80, blank=True)
    reopened_times = models.PositiveIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)
    last_activity_at = models.DateTimeField()
    due_at = models.DateTimeField(default=FAR)
    is_waiting = models.BooleanField(default=False)
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged_from", db_index=False
    )
    thread = models.OneToOneField(Thread, on_delete=models.PROTECT, related_name="case")

    objects = CaseRows.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="case_merged_means_target",
                condition=Q(stage=Stage.MERGED, merged_into__isnull=False)
                | (~Q(stage=Stage.MERGED) & Q(merged_into__isnull=True)),
            ),
            models.CheckConstraint(
                name="case_worked_names_somebody",
                condition=~Q(stage=Stage.WORKING) | Q(owner__isnull=False) | Q(contact_owner__isnull=False),
            ),
            models.CheckConstraint(name="case_not_merged_into_itself", condition=~Q(merged_into=F("id"))),
            models.CheckConstraint(
                name="case_priority_matches_rank",
                condition=Q(priority="urgent", priority_rank=0)
                | Q(priority="high", priority_rank=1)
                | Q(priority="normal", priority_rank=2)
                | Q(priority="low", priority_rank=3),
            ),
            models.UniqueConstraint(
                fields=["source", "source_ref"], condition=~Q(source_ref=""), name="case_once_per_source"
            ),
        ]
        indexes = [
            models.Index(fields=["queue", "due_at", "id"], condition=IS_OPEN, name="case_queue_by_due"),
            models.Index(
                fields=["queue", "priority_rank", "due_at", "id"], condition=IS_OPEN, name="case_queue_by_priority"
            ),
            models.Index(fields=["team", "due_at", "id"], condition=IS_OPEN, name="case_team_by_due"),
            models.Index(fields=["owner", "due_at", "id"], condition=IS_OPEN, name="case_owner_by_due"),
            models.Index(
                fields=["queue", "due_at", "id"], condition=IS_OPEN & Q(owner__isnull=True), name="case_unowned_by_due"
            ),
            models.Index(
                fields=["queue", "tier", "severity", "family", "due_at"],
                condition=IS_OPEN & Q(owner__isnull=True, is_waiting=False),
                name="case_unowned_by_kind",
            ),
            models.Index(fields=["due_at", "id"], condition=IS_OPEN, name="case_open_by_due"),
            models.Index(fields=["priority_rank", "due_at", "id"], condition=IS_OPEN, name="case_open_by_priority"),
            models.Index(
                fields=["contact_owner", "due_at", "id"],
                condition=IS_OPEN & Q(contact_owner__isnull=False),
                name="case_contact_by_due",
            ),
            models.Index(fields=["customer", "-opened_at", "-id"], name="case_by_customer"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="case_merged_from"),
            models.Index(fields=["-last_activity_at", "-id"], name="case_by_activity"),
            models.Index(
                fields=["tier", "due_at", "id"], condition=IS_OPEN & Q(tier__in=ADVANCED), name="case_tier_by_due"
            ),
            models.Index(
                fields=["due_at", "id"], condition=IS_OPEN & Q(is_restricted=True), name="case_restricted_by_due"
            ),
        ]

    @property
    def ref(self) -> str:
        """Return the public reference, such as RC-1042; it stays for ever."""
        return f"RC-{self.number}"

    @property
    def is_open(self) -> bool:
        """Tell whether somebody still has to work on it."""
        return self.stage in OPEN


class Wait(Row):
    """An interval in which we wait for somebody, with a reason of the handbook."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="waits")
    reason = models.CharField(max_length=80)
    is_pausing = models.BooleanField()
    question_message_id = models.UUIDField(null=True)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    wake_at = models.DateTimeField(null=True)
    by_staff_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["wake_at"], condition=Q(until_at__isnull=True), name="wait_by_wake")]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(until_at__isnull=True), name="wait_one_at_a_time"),
            models.CheckConstraint(
                name="wait_ends_after_start", condition=Q(until_at__isnull=True) | Q(until_at__gte=F("from_at"))
            ),
        ]


class Hold(Row):
    """A named reason why a case may not close."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=80)
    matter = models.CharField(max_length=120, blank=True)
    placed_at = models.DateTimeField()
    placed_by_id = models.UUIDField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "reason", "matter"], condition=Q(lifted_at__isnull=True), name="hold_once_per_reason"
            )
        ]


class CaseLink(Row):
    """What one case is to another."""

    source = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links_out")
    target = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links_in")
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in LinkKind])
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "target", "kind"], condition=Q(ended_at__isnull=True), name="link_once"
            ),
            models.CheckConstraint(name="link_between_two", condition=~Q(source=F("target"))),
        ]


class CaseMerge(Row):
    """One merging of two cases, with what is needed to undo it."""

    kept = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="merges_kept")
    joined = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="merges_joined")
    before = models.JSONField()
    by_staff_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["joined"], condition=Q(undone_at__isnull=True), name="case_merge_one_at_a_time"
            )
        ]


class CaseSplit(Row):
    """One taking-apart of a case: the new case and the messages that went with it."""

    origin = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="splits_out")
    result = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="split_from")
    message_ids = models.JSONField()
    is_moved = models.BooleanField()
    by_staff_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)


class CaseReader(Row):
    """That somebody is named as a reader of a case that others may not see, or keeps a read-only view of it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="readers")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="readable_cases")
    why = models.CharField(max_length=40)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "staff"], condition=Q(ended_at__isnull=True), name="reader_once_per_case"
            )
        ]
        indexes = [models.Index(fields=["staff", "case"], condition=Q(ended_at__isnull=True), name="reader_by_staff")]


class SavedView(Versioned):
    """A question that somebody keeps, in the language of the search box: for one person, or for a team."""

    owner = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="saved_views")
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="saved_views")
    name = models.CharField(max_length=80)
    question = models.CharField(max_length=500)
    order = models.CharField(max_length=20, default="due")
    position = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="view_of_a_person_or_a_team",
                condition=Q(owner__isnull=False, team__isnull=True) | Q(owner__isnull=True, team__isnull=False),
            )
        ]


def own_ids(viewer: Actor) -> QuerySet[Any]:
    """Return the keys of the cases that somebody owns or was named a reader of; none for one who is no person."""
    if viewer.staff_id is None:
        return Case.objects.none().values("pk")
    read = CaseReader.objects.filter(staff_id=viewer.staff_id, ended_at__isnull=True).values("case_id")
    return Case.objects.filter(owner_id=viewer.staff_id).values("pk").union(read, all=True)


def visible_ids(viewer: Actor) -> QuerySet[Any]:
    """Return the keys of the cases that the viewer may know of, for use in a subquery."""
    return Case.objects.visible_to(viewer).values("pk")
