"""Tables of routing: every case that somebody was given or chose, and the numbers behind it."""

from django.db import models

from recourse.cases.models import Case
from recourse.kit.models import Row
from recourse.people.models import Staff
from recourse.routing.policy import OfferState


class Offer(Row):
    """One answer to “what next?”: the case, its score in whole numbers, and whether it was taken instead of another."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="offers")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="offers")
    state = models.CharField(max_length=12, choices=[(state.value, state.value) for state in OfferState])
    parts = models.JSONField()
    value = models.FloatField()
    is_known = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    edition = models.PositiveIntegerField()
    instead_of = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["staff", "-at"], name="offer_by_staff")]
