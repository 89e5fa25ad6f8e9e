"""What rooms above tell a case without a line on its record, which they write themselves: due times and activity."""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db.models import Value
from django.db.models.functions import Coalesce, Greatest

from recourse.cases.models import Case
from recourse.cases.policy import FAR
from recourse.kit.transactions import verb

BATCH = 1000


@verb
def set_due(case_id: UUID, due_at: dt.datetime | None) -> None:
    """Set the nearest binding due time of a case, None for none; its version stays, for nobody edited it."""
    Case.objects.filter(pk=case_id).update(due_at=due_at or FAR)


@verb
def set_due_many(dues: Mapping[UUID, dt.datetime | None]) -> None:
    """Set the nearest binding due time of many cases, in one statement for each 1,000."""
    cases = [Case(pk=key, due_at=due_at or FAR) for key, due_at in sorted(dues.items(), key=lambda item: str(item[0]))]
    Case.objects.bulk_update(cases, ["due_at"], batch_size=BATCH)


@verb
def touch_activity(case_id: UUID, *, at: dt.datetime, is_answer: bool = False) -> None:
    """Tell that something moved on a case at `at`; `is_answer` tells of a public answer by a person to the customer."""
    moved = {"last_activity_at": Greatest("last_activity_at", Value(at))}
    if is_answer:
        moved["answered_at"] = Greatest(Coalesce("answered_at", Value(at)), Value(at))
    Case.objects.filter(pk=case_id).update(**moved)
