"""Opens cases: one, or thousands at a time, with number, thread, words for the search, and entry."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from recourse.cases.actions.keeping import plain, refuse, require
from recourse.cases.events import CaseBroughtClosed, CaseOpened
from recourse.cases.models import Case, Queue
from recourse.cases.policy import Channel, Impact, Priority, Severity, Stage, Tier
from recourse.customers.models import Customer
from recourse.handbook.policy.rules import Rules
from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid
from recourse.kit.numbers import next_numbers
from recourse.kit.text import clean_line
from recourse.kit.time import iso
from recourse.kit.transactions import verb
from recourse.people.models import Skill
from recourse.search.actions import Text, index
from recourse.search.policy import Kind
from recourse.timeline.actions.record import Happening, record_many
from recourse.timeline.actions.threads import open_threads

BATCH = 500
ORDER_REFS_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Ending:
    """That a case was over before it came here: when, and with which reason for closing of the handbook."""

    at: dt.datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """What is known of a case when it is opened.

    `received_at` is when the customer's words reached the company (now by default), never after it is opened.
    `family` is one of the handbook's, `problem` the words of the intake. `source` and `source_ref` name where it came
    from, such as cfpb and its number there: the same one twice is the same case.
    """

    subject: str
    channel: Channel
    queue: Queue
    customer: Customer | None = None
    received_at: dt.datetime | None = None
    severity: Severity = Severity.MEDIUM
    impact: Impact = Impact.ONE
    priority: Priority = Priority.NORMAL
    tier: Tier = Tier.FRONT_LINE
    family: str = ""
    problem: str = ""
    product: str = ""
    remedy_sought: str = ""
    order_refs: Sequence[str] = field(default_factory=tuple)
    source: str = ""
    source_ref: str = ""
    skill: Skill | None = None
    is_restricted: bool = False
    split_from: str = ""
    ended: Ending | None = None


@verb
def open_case(new: NewCase, *, by: Actor, at: dt.datetime) -> Case:
    """Open a case and return it. Needs case:open; raises Invalid for words that cannot be kept."""
    return open_cases([new], by=by, at=at)[0]


@verb
def open_cases(news: Sequence[NewCase], *, by: Actor, at: dt.datetime) -> list[Case]:
    """Open cases in order, in a handful of statements for each 500; all of them or none. Needs case:open."""
    require("case:open", by)
    opened: list[Case] = []
    for start in range(0, len(news), BATCH):
        opened.extend(_open(news[start : start + BATCH], by, at))
    return opened


def open_split(new: NewCase, *, by: Actor, at: dt.datetime) -> Case:
    """Open a case within a verb that has asked who may."""
    return _open([new], by, at)[0]


def _open(news: Sequence[NewCase], by: Actor, at: dt.datetime) -> list[Case]:
    numbers = next_numbers(Case, len(news))
    threads = open_threads("case", len(news))
    cases = [
        Case(number=number, thread=thread, **_fields(new, at))
        for new, number, thread in zip(news, numbers, threads, strict=True)
    ]
    Case.objects.bulk_create(cases)
    index([words_of(case) for case in cases])
    happenings = [Happening(_event(case, new), case.thread, by, at) for case, new in zip(cases, news, strict=True)]
    if any(new.ended for new in news):
        rules = edition_at(at).rules
        happenings += [
            Happening(_brought(new, rules), case.thread, by, at)
            for case, new in zip(cases, news, strict=True)
            if new.ended
        ]
    record_many(happenings)
    return cases


def _fields(new: NewCase, at: dt.datetime) -> dict[str, object]:
    received_at = new.received_at or at
    if received_at > at:
        raise Invalid.one("received_at", _("This lies in the future."))
    return {
        "stage": Stage.NEW,
        "customer": new.customer,
        "original_customer_id": new.customer.pk if new.customer else None,
        "team_id": new.queue.team_id,
        "queue": new.queue,
        "skill": new.skill,
        "channel": Channel(new.channel),
        "subject": clean_line(new.subject, field="subject", is_required=True),
        "family": clean_line(new.family, field="family", limit=40),
        "problem": clean_line(new.problem, field="problem", limit=200),
        "product": clean_line(new.product, field="product", limit=200),
        "remedy_sought": clean_line(new.remedy_sought, field="remedy_sought"),
        "severity": Severity(new.severity),
        "impact": Impact(new.impact),
        "priority": Priority(new.priority),
        "priority_rank": Priority(new.priority).rank,
        "tier": Tier(new.tier),
        "is_restricted": new.is_restricted,
        "order_refs": clean_refs(new.order_refs),
        "source": clean_line(new.source, field="source", limit=40),
        "source_ref": clean_line(new.source_ref, field="source_ref", limit=120),
        "received_at": received_at,
        "opened_at": at,
        "last_activity_at": at,
        **(_ended(new.ended) if new.ended else {}),
    }


def _ended(ended: Ending) -> dict[str, object]:
    return {
        "stage": Stage.CLOSED,
        "resolved_at": ended.at,
        "closed_at": ended.at,
        "close_reason": ended.reason,
    }


def _brought(new: NewCase, rules: Rules) -> CaseBroughtClosed:
    assert new.ended is not None
    chosen = rules.reasons.close_reason(new.ended.reason)
    if chosen is None:
        refuse("close.unknown", reason=new.ended.reason)
        raise AssertionError
    return CaseBroughtClosed(reason=chosen.code, outcome=chosen.outcome.value, closed_at=iso(new.ended.at))


def clean_refs(refs: Sequence[str]) -> list[str]:
    """Return order numbers as they are kept: one line each, each once, at most 50."""
    cleaned = [clean_line(ref, field="order_refs", limit=80) for ref in refs]
    return list(dict.fromkeys(ref for ref in cleaned if ref))[:ORDER_REFS_LIMIT]


def words_of(case: Case) -> Text:
    """Return the words by which a case itself is found; its messages have their own."""
    parts = [
        case.ref,
        case.subject,
        case.family,
        case.problem,
        case.product,
        case.remedy_sought,
        case.source_ref,
        *case.order_refs,
    ]
    return Text(kind=Kind.CASE, key=case.pk, case_id=case.pk, customer_id=case.customer_id, parts=parts)


def _event(case: Case, new: NewCase) -> CaseOpened:
    return CaseOpened(
        ref=case.ref,
        channel=case.channel,
        queue=new.queue.slug,
        received_at=iso(case.received_at),
        severity=case.severity,
        customer_id=plain(case.customer_id),
        split_from=new.split_from,
    )
