"""Tables of approval: what is asked, who is asked, what each decided, overrides in an emergency, links of one use."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from recourse.approvals.policy import LIVE, AskState, ReviewVerdict, State, Verdict
from recourse.cases.models import Case, visible_ids
from recourse.customers.models import Customer
from recourse.handbook.policy.kinds import LineKind
from recourse.kit.actor import Actor
from recourse.kit.append_only import AppendOnly
from recourse.kit.models import Row, Versioned
from recourse.people.models import Staff
from recourse.timeline.models import Entry

IS_LIVE = Q(state__in=[state.value for state in LIVE])
ASKED = Q(state=State.ASKED.value)


class ApprovalRows(models.QuerySet["Approval"]):
    """Questions that start from approvals."""

    def visible_to(self, viewer: Actor) -> Self:
        """Keep those of cases that the viewer may know of, and those asked of them; a customer never sees one."""
        if viewer.is_system:
            return self
        if viewer.staff_id is None:
            return self.none()
        asked = Ask.objects.filter(staff_id=viewer.staff_id).values("approval_id")
        return self.filter(Q(case__in=visible_ids(viewer)) | Q(pk__in=asked))

    def asked(self) -> Self:
        """Keep those that wait for a decision."""
        return self.filter(ASKED)


class Approval(Versioned):
    """One matter that needs a yes. The terms and their hash never change; what counts is in the company's currency.

    `needed_minor` is what the level must cover: the line with the parts that it looks split into, or what a sum over
    case, cause or customer comes to. `facts` is what the asking was weighed by.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="approvals")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=40)
    matter = models.CharField(max_length=120)
    remedy_kind = models.CharField(max_length=24, choices=[(kind.value, kind.value) for kind in LineKind])
    severity = models.CharField(max_length=12)
    cause = models.CharField(max_length=120, blank=True)
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="approvals")
    payee = models.CharField(max_length=120, blank=True)
    payment = models.CharField(max_length=120, blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    counted_minor = models.BigIntegerField()
    counted_currency = models.CharField(max_length=3)
    rate = models.CharField(max_length=32, blank=True)
    needed_minor = models.BigIntegerField()
    terms = models.JSONField()
    terms_hash = models.CharField(max_length=64)
    proposer = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="approvals_asked")
    proposer_person_id = models.UUIDField()
    on_behalf_of = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    editors = models.JSONField(default=list)
    beneficiaries = models.JSONField(default=list)
    executors = models.JSONField(default=list)
    edition = models.PositiveIntegerField()
    route = models.CharField(max_length=40)
    level = models.SmallIntegerField()
    facts = models.JSONField()
    flags = models.JSONField(default=list)
    is_flagged = models.BooleanField(default=False)
    state = models.CharField(
        max_length=12, default=State.ASKED, choices=[(state.value, state.value) for state in State]
    )
    asked_at = models.DateTimeField()
    remind_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    is_asked_back = models.BooleanField(default=False)
    decided_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    entry = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ApprovalRows.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="approval_once_per_number"),
            models.UniqueConstraint(fields=["matter"], condition=IS_LIVE, name="approval_one_live_per_matter"),
            models.CheckConstraint(
                name="approval_amounts_not_negative", condition=Q(amount_minor__gte=0, counted_minor__gte=0)
            ),
            models.CheckConstraint(
                name="approval_granted_means_decided",
                condition=~Q(state=State.GRANTED.value) | Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="approval_live_means_not_ended",
                condition=(IS_LIVE & Q(ended_at__isnull=True)) | (~IS_LIVE & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="approval_asked_means_expiring", condition=~ASKED | Q(expires_at__isnull=False)
            ),
            models.CheckConstraint(
                name="approval_used_means_granted",
                condition=Q(used_at__isnull=True) | Q(state=State.GRANTED.value),
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=ASKED, name="approval_by_expiry"),
            models.Index(
                fields=["remind_at"], condition=ASKED & Q(remind_at__isnull=False), name="approval_by_reminder"
            ),
            models.Index(fields=["customer", "-asked_at"], name="approval_by_customer"),
            models.Index(fields=["payee", "-asked_at"], condition=~Q(payee=""), name="approval_by_payee"),
            models.Index(fields=["payment", "-asked_at"], condition=~Q(payment=""), name="approval_by_payment"),
            models.Index(fields=["proposer_person_id", "-asked_at"], name="approval_by_proposer"),
            models.Index(fields=["proposer", "-id"], name="approval_asked_by"),
            models.Index(fields=["-asked_at"], name="approval_by_time"),
            models.Index(fields=["-id"], condition=Q(is_flagged=True), name="approval_flagged"),
        ]

    @property
    def ref(self) -> str:
        """Return how people name it, such as RC-1042/A2."""
        return f"{self.case.ref}/A{self.number}"

    @property
    def is_live(self) -> bool:
        """Tell whether it waits or stands."""
        return self.state in LIVE


class Ask(Row):
    """That somebody is asked to decide, for themself or for whose delegate they are, on one step of the ladder."""

    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="asks")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="approvals_to_decide")
    on_behalf_of = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    level = models.SmallIntegerField()
    asked_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    state = models.CharField(
        max_length=12, default=AskState.OPEN, choices=[(state.value, state.value) for state in AskState]
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["approval", "staff"], condition=Q(state=AskState.OPEN.value), name="ask_once_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["staff", "asked_at"], condition=Q(state=AskState.OPEN.value), name="ask_open")]


class Decision(AppendOnly, Row):
    """What somebody decided; never changed. The reason in words stands beside its entry on the record.

    `limits` is how far the decider's authority reached then, `seen` what the line added up to; both in the company's
    minor units.
    """

    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=20, choices=[(verdict.value, verdict.value) for verdict in Verdict])
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    person_id = models.UUIDField()
    proposer_person_id = models.UUIDField()
    on_behalf_of = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    edition = models.PositiveIntegerField()
    terms_hash = models.CharField(max_length=64)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    limits = models.JSONField(default=dict)
    seen = models.JSONField(default=dict)
    covers = models.BooleanField(default=False)
    signs_as = models.JSONField(default=list)
    factor_at = models.DateTimeField(null=True)
    by_link = models.BooleanField(default=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["approval", "person_id"],
                condition=Q(verdict=Verdict.APPROVE.value),
                name="decision_one_yes_per_person",
            ),
            models.CheckConstraint(
                name="decision_by_another_person",
                condition=~Q(verdict__in=[Verdict.APPROVE.value, Verdict.BREAK_GLASS.value])
                | ~Q(person_id=F("proposer_person_id")),
            ),
        ]
        indexes = [models.Index(fields=["approval", "at"], name="decision_by_time")]


class GlassBreak(Row):
    """An override in an emergency, and its review by another person, which is owed."""

    approval = models.OneToOneField(Approval, on_delete=models.PROTECT, related_name="glass_break")
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    person_id = models.UUIDField()
    reason = models.TextField()
    at = models.DateTimeField()
    review_due_at = models.DateTimeField()
    reviewer = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    reviewer_person_id = models.UUIDField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    verdict = models.CharField(
        max_length=12, blank=True, choices=[(verdict.value, verdict.value) for verdict in ReviewVerdict]
    )
    review_note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="glass_reviewed_by_another_person",
                condition=Q(reviewer_person_id__isnull=True) | ~Q(reviewer_person_id=F("person_id")),
            ),
            models.CheckConstraint(
                name="glass_reviewed_whole",
                condition=Q(reviewed_at__isnull=True, reviewer__isnull=True, verdict="")
                | (Q(reviewed_at__isnull=False, reviewer__isnull=False) & ~Q(verdict="")),
            ),
        ]
        indexes = [
            models.Index(fields=["review_due_at", "id"], condition=Q(reviewed_at__isnull=True), name="glass_to_review")
        ]


class DecisionLink(Row):
    """A link of one use by which one person decides one matter: kept as a hash, which goes when the link is spent."""

    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="links")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True, null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="decision_link_is_open_or_spent",
                condition=Q(digest__isnull=False, spent_at__isnull=True)
                | Q(digest__isnull=True, spent_at__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["approval", "staff"], name="decision_link_of")]
