"""What the record knows about a case, for the rules: documented facts, and when attempts were made."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from recourse.cases.models import Case
from recourse.cases.queries.facts import case_facts
from recourse.cases.queries.find import gathered_ids
from recourse.conversations.models import Message
from recourse.conversations.policy.words import Direction, MessageState
from recourse.escalations.models import Escalation
from recourse.escalations.policy import WORKED, Facts, History, State
from recourse.handbook.policy.facts import FactValue
from recourse.handbook.policy.rules import Rules
from recourse.kit.time import iso
from recourse.timeline.models import Entry

LOOKED_BACK = dt.timedelta(days=400)
COUNTED_AT_MOST = 500
BACK = (State.RETURNED, State.HANDED_BACK)


def facts_of(case: Case, *, rules: Rules, at: dt.datetime) -> Facts:
    """Return everything that the rules may ask about a case at an instant (ten queries)."""
    history = history_of(case, at=at)
    known: dict[str, FactValue] = {
        **case_facts(case, at=at),
        **_escalated(case),
        **_counts(case, history),
    }
    return Facts(at=at, known=rules.with_regimes(known), history=history)


def history_of(case: Case, *, at: dt.datetime) -> History:
    """Return when the customer wrote or rang, when the case was reopened, when the same cause struck before."""
    since = at - LOOKED_BACK
    every = gathered_ids(case)
    contacts = Message.objects.filter(
        case_id__in=every, direction=Direction.INBOUND, is_automatic=False, at__gte=since, at__lte=at
    ).exclude(state=MessageState.DELETED)
    reopens = Entry.objects.filter(
        thread_id__in=Case.objects.filter(pk__in=every).values("thread_id"), event="case.reopened",
        at__gte=since, at__lte=at,
    )  # fmt: skip
    return History(
        contacts=_instants(contacts.order_by("-at").values_list("at", flat=True)),
        reopens=_instants(reopens.order_by("-at").values_list("at", flat=True)),
        same_cause=_instants(_same_cause(case, since, at)),
    )


def _instants(rows: Any) -> tuple[dt.datetime, ...]:
    return tuple(sorted(rows[:COUNTED_AT_MOST]))


def _same_cause(case: Case, since: dt.datetime, at: dt.datetime) -> Any:
    if case.customer_id is None or not case.family:
        return Case.objects.none().values_list("received_at", flat=True)
    others = Case.objects.filter(
        customer_id=case.customer_id, family=case.family, merged_into__isnull=True,
        received_at__gte=since, received_at__lte=at,
    ).exclude(pk=case.pk)  # fmt: skip
    if case.product:
        others = others.filter(product=case.product)
    return others.order_by("-received_at").values_list("received_at", flat=True)


def _escalated(case: Case) -> dict[str, FactValue]:
    found = Escalation.objects.filter(case=case, state__in=WORKED).prefetch_related("grounds")
    grounds = {ground.code for one in found for ground in one.grounds.all() if ground.is_met}
    return {"case.grounds": tuple(sorted(grounds)), "case.is_escalated": bool(found)}


def _counts(case: Case, history: History) -> dict[str, FactValue]:
    return {
        "counts.contacts": len(history.contacts),
        "counts.reopens": case.reopened_times,
        "counts.same_cause": len(history.same_cause),
        "counts.escalations": Escalation.objects.filter(case=case).count(),
        "counts.bounces": bounces_of(case),
    }


def bounces_of(case: Case) -> int:
    """Return how often a case came back from the gate or from the advanced team."""
    return Escalation.objects.filter(case=case, state__in=BACK).count()


def as_json(facts: Facts) -> dict[str, Any]:
    """Return facts as they are kept beside a request, so that another handbook can be asked about them later."""
    return {
        "at": iso(facts.at),
        "known": {name: list(value) if isinstance(value, tuple) else value for name, value in facts.known.items()},
        "contacts": [iso(instant) for instant in facts.history.contacts],
        "reopens": [iso(instant) for instant in facts.history.reopens],
        "same_cause": [iso(instant) for instant in facts.history.same_cause],
    }


def from_json(kept: Mapping[str, Any]) -> Facts:
    """Rebuild the facts of a request from what was kept."""

    def instants(name: str) -> tuple[dt.datetime, ...]:
        return tuple(dt.datetime.fromisoformat(text) for text in kept[name])

    known = {name: tuple(value) if isinstance(value, list) else value for name, value in kept["known"].items()}
    history = History(instants("contacts"), instants("reopens"), instants("same_cause"))
    return Facts(dt.datetime.fromisoformat(kept["at"]), known, history)
