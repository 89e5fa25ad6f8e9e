"""Says how bad, how wide, how urgent, and what a case is about. `under` names the right of a verb that implies it."""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.cases.actions.keeping import ask, load, plain, refuse, save
from recourse.cases.actions.opening import clean_refs, words_of
from recourse.cases.events import CaseDescribed, CaseGraded, CustomerChanged
from recourse.cases.models import Case
from recourse.cases.policy import Impact, Priority, Severity
from recourse.cases.queries.find import CaseKey
from recourse.customers.queries import customer_by_ref, final_ids
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid
from recourse.kit.text import clean_line
from recourse.kit.transactions import verb
from recourse.search.actions import index
from recourse.timeline.actions.record import Happening, record, record_many

LIMITS = {"subject": 300, "family": 40, "problem": 200, "product": 200, "remedy_sought": 300}
FIELDS = frozenset({*LIMITS, "order_refs"})


@verb
def grade(
    key: CaseKey,
    *,
    by: Actor,
    at: dt.datetime,
    severity: Severity | None = None,
    impact: Impact | None = None,
    priority: Priority | None = None,
    note: str = "",
    seen: int | None = None,
    under: str | None = None,
) -> Case:
    """Say how bad it is (a fact), how many are struck (a fact), in which order we take it (a choice)."""
    case = load(key, by=by, seen=seen)
    ask("grade", case, by, under=under)
    given = {"severity": severity, "impact": impact, "priority": priority}
    after = {name: value.value for name, value in given.items() if value is not None and getattr(case, name) != value}
    if not after:
        return case
    before = {name: str(getattr(case, name)) for name in after}
    for name, value in after.items():
        setattr(case, name, value)
    case.priority_rank = Priority(case.priority).rank
    save(case, *after, "priority_rank", at=at)
    record(CaseGraded(before=before, after=after), thread=case.thread, by=by, at=at, note=note)
    return case


@verb
def describe(
    key: CaseKey, *, changes: Mapping[str, object], by: Actor, at: dt.datetime, seen: int | None = None
) -> Case:
    """Change subject, family, product, remedy sought or order numbers; what is equal already changes nothing."""
    case = load(key, by=by, seen=seen)
    ask("describe", case, by)
    cleaned = {name: _clean(name, value) for name, value in changes.items()}
    changed = sorted(name for name, value in cleaned.items() if getattr(case, name) != value)
    if not changed:
        return case
    for name in changed:
        setattr(case, name, cleaned[name])
    save(case, *changed, at=at)
    index([words_of(case)])
    record(CaseDescribed(fields=changed), thread=case.thread, by=by, at=at)
    return case


def _clean(name: str, value: object) -> object:
    if name not in FIELDS:
        raise Invalid.one(name, _("A case has no such field that can be changed."))
    if name == "order_refs":
        if not isinstance(value, list | tuple):
            raise Invalid.one(name, _("This is not a list of order numbers."))
        return clean_refs([str(ref) for ref in value])
    return clean_line(str(value), field=name, limit=LIMITS[name], is_required=name == "subject")


@verb
def set_customer(key: CaseKey, *, customer: UUID | str, by: Actor, at: dt.datetime, seen: int | None = None) -> Case:
    """Say whose case it is."""
    case = load(key, by=by, seen=seen)
    ask("describe", case, by)
    person = customer_by_ref(customer, viewer=by)
    if case.customer_id == person.pk:
        refuse("customer.same")
    was = case.customer_id
    case.customer, case.original_customer_id = person, person.pk
    save(case, "customer", "original_customer_id", at=at)
    index([words_of(case)])
    record(CustomerChanged(customer_id=str(person.pk), from_id=plain(was)), thread=case.thread, by=by, at=at)
    return case


@verb
def follow_customers(customer_ids: list[UUID], *, by: Actor, at: dt.datetime) -> int:
    """Bring the cases of customers who were merged or parted to whom they belong now; return how many moved.

    A case follows the record it was opened for, so undoing a merge takes back what the merge brought and no more.
    """
    rows = Case.objects.filter(customer_id__in=customer_ids).select_related("thread").select_for_update(of=("self",))
    cases = list(rows.order_by("pk"))
    ends = final_ids({case.original_customer_id for case in cases if case.original_customer_id})
    moved: list[Happening] = []
    for case in cases:
        end = ends.get(case.original_customer_id) if case.original_customer_id else None
        if end is None or end == case.customer_id:
            continue
        event = CustomerChanged(customer_id=str(end), from_id=plain(case.customer_id), is_by_merge=True)
        case.customer_id = end
        save(case, "customer", at=at)
        moved.append(Happening(event, case.thread, by, at))
    if moved:
        record_many(moved)
    return len(moved)
