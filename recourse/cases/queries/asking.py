"""Answers questions of the search box and of saved views, for one viewer."""

import datetime as dt
import zoneinfo
from collections.abc import Callable
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from recourse.cases.models import IS_OPEN, Case, Hold, Queue
from recourse.cases.policy import FAR, Stage
from recourse.cases.policy.asking import Filter, Is, Question, read
from recourse.customers.models import Customer, Identity
from recourse.customers.policy import IdentityKind, normal_identity
from recourse.customers.queries import final_ids
from recourse.kit.actor import Actor, ActorKind
from recourse.people.models import Staff, Team
from recourse.search.policy import Phrase, phrase
from recourse.search.queries import case_holds, cases_matching, customers_matching, is_common

NEWEST = 8000


def answer(question: Question | str, *, viewer: Actor, at: dt.datetime, zone: str = "UTC") -> QuerySet[Case]:
    """Return the cases that a question asks for, of those that the viewer may see.

    `zone` is where “today” is. Where a question names no stage, word or reference, done and merged cases are left out.
    """
    asked = read(question) if isinstance(question, str) else question
    return holding(narrowed(asked, viewer=viewer, at=at, zone=zone), asked, viewer=viewer)


def narrowed(asked: Question, *, viewer: Actor, at: dt.datetime, zone: str = "UTC") -> QuerySet[Case]:
    """Return the cases that the filters and references of a question ask for, without its words."""
    rows = Case.objects.visible_to(viewer)
    for wanted in asked.filters:
        condition = _CONDITIONS[wanted.name](wanted, viewer, at, zone)
        rows = rows.exclude(condition) if wanted.is_not else rows.filter(condition)
    if asked.cases:
        rows = rows.filter(number__in=asked.cases)
    if asked.customers:
        rows = rows.filter(_customers_numbered(asked.customers, viewer))
    return rows.filter(IS_OPEN) if is_open_only(asked) else rows


def holding(
    rows: QuerySet[Case], asked: Question, *, viewer: Actor, rare: frozenset[Phrase] = frozenset()
) -> QuerySet[Case]:
    """Keep the cases that hold the words of a question, and none of those it does not want; `rare` ones are few."""
    has_internal = may_read_internal(viewer)
    for words in asked.words:
        found = cases_matching(words, has_internal=has_internal)
        rows = rows.filter(pk__among=found) if words in rare else rows.filter(pk__in=found)
    for words in asked.words_not:
        rows = rows.filter(~case_holds(words, has_internal=has_internal))
    return rows


def newest_from() -> UUID | None:
    """Return the key from which on the newest 8,000 cases lie; None where there are not that many."""
    return Case.objects.order_by("-pk").values_list("pk", flat=True)[NEWEST : NEWEST + 1].first()


def rare_words(asked: Question, since: UUID | None) -> frozenset[Phrase]:
    """Return the words of a question that few cases hold, judged by the newest 8,000."""
    return frozenset(words for words in asked.words if not is_common(words, since=since, of=NEWEST))


def may_read_internal(viewer: Actor) -> bool:
    """Tell whether the internal notes of the cases that somebody sees may help to find them: for all but customers."""
    return viewer.kind is not ActorKind.CUSTOMER


def is_open_only(asked: Question) -> bool:
    """Tell whether a question is about open cases alone."""
    stages = [one for one in asked.filters if one.name == "stage" or (one.name == "is" and one.value in _ABOUT_STAGE)]
    if not stages:
        return not (asked.words or asked.cases or asked.customers)
    return any(one.name == "is" and one.value == Is.OPEN and not one.is_not for one in stages)


_ABOUT_STAGE = {Is.OPEN, Is.DONE, Is.MERGED}
NOTHING = Q(pk__in=[])
Condition = Callable[[Filter, Actor, dt.datetime, str], Q]


def _customers_numbered(numbers: tuple[int, ...], viewer: Actor) -> Q:
    if not viewer.can("customer:read"):
        return NOTHING
    found = final_ids(list(Customer.objects.filter(number__in=numbers).values_list("pk", flat=True)))
    return Q(customer_id__in=set(found.values()))


def _one_of(field: str, rows: QuerySet[Model]) -> Q:
    """Return the condition on keys found beforehand, so that the database knows which index leads."""
    keys = list(rows.values_list("pk", flat=True)[:100])
    return Q(**{field: keys[0]}) if len(keys) == 1 else Q(**{f"{field}__in": keys})


def _same(field: str) -> Condition:
    return lambda wanted, viewer, at, zone: Q(**{field: wanted.value})


def _queue(wanted: Filter, viewer: Actor, at: dt.datetime, zone: str) -> Q:
    return _one_of("queue_id", Queue.objects.filter(slug=wanted.value))


def _team(wanted: Filter, viewer: Actor, at: dt.datetime, zone: str) -> Q:
    if wanted.value == "mine":
        return Q(team_id__in=viewer.team_ids)
    return _one_of("team_id", Team.objects.filter(slug=wanted.value))


def _owner(wanted: Filter, viewer: Actor, at: dt.datetime, zone: str) -> Q:
    word = wanted.value.lower()
    if word in {"me", "mine"}:
        return _by_viewer("owner_id", viewer)
    if word == "none":
        return Q(owner__isnull=True)
    return _one_of("owner_id", Staff.objects.filter(Q(email=word) | Q(name__iexact=wanted.value)))


def _by_viewer(field: str, viewer: Actor) -> Q:
    return Q(**{field: viewer.staff_id}) if viewer.staff_id else NOTHING


def _from(wanted: Filter, viewer: Actor, at: dt.datetime, zone: str) -> Q:
    """Ask for the customer by exact mail address or phone number, else by the words of name and identities."""
    if not viewer.can("customer:read"):
        return NOTHING
    for kind in (IdentityKind.EMAIL, IdentityKind.PHONE):
        normal = normal_identity(kind, wanted.value)
        if normal is not None:
            known = Identity.objects.filter(kind=kind, value=normal, ended_at__isnull=True)
            return Q(customer_id__in=list(known.values_list("customer_id", flat=True)))
    words = phrase(wanted.value)
    return Q(customer__in=customers_matching(words)) if words else NOTHING


def _order(wanted: Filter, viewer: Actor, at: dt.datetime, zone: str) -> Q:
    words = phrase(wanted.value)
    return Q(pk__among=cases_matching(words)) if words else NOTHING


def _due(wanted: Filter, viewer: Actor, at: dt.datetime, zone: str) -> Q:
    assert wanted.due is not None
    if wanted.due.kind == "none":
        return Q(due_at=FAR)
    ends = {"any": FAR, "overdue": at, "within": at + dt.timedelta(hours=wanted.due.hours)}
    return Q(due_at__lt=ends.get(wanted.due.kind) or end_of_day(at, zone))


def end_of_day(at: dt.datetime, zone: str) -> dt.datetime:
    """Return the instant at which the day of `at` ends in a zone."""
    local = at.astimezone(zoneinfo.ZoneInfo(zone))
    midnight = dt.datetime.combine(local.date() + dt.timedelta(days=1), dt.time(), tzinfo=local.tzinfo)
    return midnight.astimezone(dt.UTC)


def _is(wanted: Filter, viewer: Actor, at: dt.datetime, zone: str) -> Q:
    return _IS[Is(wanted.value)](viewer)


_IS: dict[Is, Callable[[Actor], Q]] = {
    Is.OPEN: lambda viewer: IS_OPEN,
    Is.DONE: lambda viewer: Q(stage__in=[Stage.RESOLVED, Stage.CLOSED]),
    Is.WAITING: lambda viewer: Q(is_waiting=True),
    Is.UNOWNED: lambda viewer: Q(owner__isnull=True),
    Is.MINE: lambda viewer: _by_viewer("owner_id", viewer),
    Is.CONTACT: lambda viewer: _by_viewer("contact_owner_id", viewer),
    Is.RESTRICTED: lambda viewer: Q(is_restricted=True),
    Is.MERGED: lambda viewer: Q(stage=Stage.MERGED),
    Is.REOPENED: lambda viewer: Q(reopened_times__gt=0),
    Is.HELD: lambda viewer: Q(pk__in=Hold.objects.filter(lifted_at__isnull=True).values("case_id")),
    Is.VULNERABLE: lambda viewer: (
        Q(customer__pk__among=Customer.objects.filter(is_vulnerable=True).values("pk"))
        if viewer.can("customer:read")
        else NOTHING
    ),
}
_CONDITIONS: dict[str, Condition] = {
    **{name: _same(name) for name in ("stage", "severity", "impact", "priority", "tier", "channel", "family")},
    "product": lambda wanted, viewer, at, zone: Q(product__iexact=wanted.value),
    "queue": _queue,
    "team": _team,
    "owner": _owner,
    "from": _from,
    "order": _order,
    "due": _due,
    "is": _is,
}
