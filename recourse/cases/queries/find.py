"""Finding one case, always through what the viewer may see."""

import re
from collections.abc import Collection
from typing import TypeAlias
from uuid import UUID

from django.db.models import Q, QuerySet

from recourse.cases.models import Case, CaseMerge
from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible

CaseKey: TypeAlias = UUID | str
CHAIN_LIMIT = 50
_REF = re.compile(r"(?:RC-)?(\d{1,18})", re.IGNORECASE)
_BESIDE = ("customer", "owner", "contact_owner", "team", "queue", "thread", "skill")


def named(key: CaseKey) -> Q:
    """Return the condition for a case by key, or by a reference such as RC-1042; NotVisible for anything else."""
    if isinstance(key, UUID):
        return Q(pk=key)
    matched = _REF.fullmatch(key.strip())
    if matched is None:
        raise NotVisible
    return Q(number=int(matched[1]))


def case_by_ref(key: CaseKey, *, viewer: Actor, is_followed: bool = False) -> Case:
    """Return one case that the viewer may see; with `is_followed` the case that it was merged into in the end.

    NotVisible where it is absent or hidden, or where the case at the end of the chain is.
    """
    found = Case.objects.visible_to(viewer).select_related(*_BESIDE).filter(named(key)).first()
    if found is None:
        raise NotVisible
    if not is_followed or found.merged_into_id is None:
        return found
    return case_by_ref(final_id(found), viewer=viewer)


def visible_among(case_ids: Collection[UUID], *, viewer: Actor) -> set[UUID]:
    """Return which of these cases the viewer may know of."""
    return set(Case.objects.visible_to(viewer).filter(pk__in=case_ids).values_list("pk", flat=True))


def cases_of_customer(customer_id: UUID, *, viewer: Actor, limit: int) -> list[Case]:
    """Return the newest cases of a customer that the viewer may know of."""
    rows = Case.objects.visible_to(viewer).filter(customer_id=customer_id)
    return list(rows.order_by("-opened_at", "-id")[:limit])


def final_id(case: Case) -> UUID:
    """Return the key of the case that a merged case lives on in; its own key where it is not merged."""
    here, target = case.pk, case.merged_into_id
    for _step in range(CHAIN_LIMIT):
        if target is None:
            return here
        here, target = target, Case.objects.values_list("merged_into_id", flat=True).get(pk=target)
    raise RuntimeError(f"the merges of {case.ref} do not end")


def gathered_ids(case: Case) -> list[UUID]:
    """Return the key of a case and of every case merged into it, however far; what hangs on them is shown on it."""
    found, ahead = [case.pk], [case.pk]
    while ahead and len(found) < 1000:
        ahead = list(Case.objects.filter(merged_into_id__in=ahead).exclude(pk__in=found).values_list("pk", flat=True))
        found.extend(ahead)
    return found


def merges_of(case: Case) -> QuerySet[CaseMerge]:
    """Return the merges into this case that stand, oldest first."""
    return CaseMerge.objects.filter(kept=case, undone_at__isnull=True).select_related("joined").order_by("at", "pk")
