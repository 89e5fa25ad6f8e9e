"""Which threads of the record belong to cases that somebody may not know of."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from recourse.cases.models import Case
from recourse.kit.actor import Actor


def hidden_threads(viewer: Actor) -> QuerySet[Any]:
    """Return the threads of the cases that the viewer may not know of, for use in a subquery."""
    return Case.objects.exclude(pk__in=Case.objects.visible_to(viewer).values("pk")).values("thread_id")


def is_hidden_thread(thread_id: UUID, *, viewer: Actor) -> bool:
    """Tell whether a thread is that of a case which the viewer may not know of."""
    return bool(hidden_threads(viewer).filter(thread_id=thread_id).exists())
