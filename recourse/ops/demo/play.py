"""Plays the demo's stories in the order of time, through the verbs alone, with the clocks looked at in between."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from recourse.cases import actions as cases
from recourse.cases.policy import Channel, LinkKind
from recourse.cases.queries.find import case_by_ref
from recourse.clocks import actions as clocks
from recourse.conversations import actions as conversations
from recourse.conversations.queries import messages_of
from recourse.escalations import actions as escalations
from recourse.escalations.policy import Claim, Request
from recourse.handbook.policy.shape import Impact, Severity
from recourse.intake import actions as intake
from recourse.intake.policy.words import CallDirection
from recourse.kit.actor import Actor, customer
from recourse.kit.errors import Refused
from recourse.ops.demo.company import BY, Company
from recourse.ops.demo.stories import CUSTOMERS, STORIES, Step, Story

LONDON = ZoneInfo("Europe/London")
RESOLVERS = {"resolution-1": "gwen", "resolution-2": "ines", "privacy": "jonas"}


@dataclass
class Played:
    """A story as far as it has been played."""

    story: Story
    began_at: dt.datetime
    case: Any = None
    promises: list[Any] = field(default_factory=list)


def play(company: Company, *, until: dt.datetime) -> int:
    """Play every step that lies before `until` and return how many there were."""
    told = [Played(story, _began(story, until)) for story in STORIES]
    moments: list[tuple[dt.datetime, int, Played, Step | None]] = []
    for number, one in enumerate(told):
        moments.append((one.began_at, number, one, None))
        moments += [(one.began_at + dt.timedelta(hours=step.after), number, one, step) for step in one.story.steps]
    due = sorted((moment for moment in moments if moment[0] < until), key=lambda moment: (moment[0], moment[1]))
    for at, _number, one, step in due:
        _tick(at)
        if step is None:
            _open(one, company, at)
        else:
            ACTS[step.act](one, company, step, at, told)
    _tick(until)
    return len(due)


def _tick(at: dt.datetime) -> None:
    """Do what the worker would have done by then."""
    while clocks.look(at=at):
        pass
    conversations.release_due(at=at)
    escalations.run_ladders(at=at)


def _began(story: Story, until: dt.datetime) -> dt.datetime:
    day = (until.astimezone(LONDON) - dt.timedelta(days=story.days_ago)).replace(
        hour=int(story.hour), minute=round(story.hour % 1 * 60), second=0, microsecond=0
    )
    while day.weekday() > 4 and story.days_ago:
        day -= dt.timedelta(days=1)
    began = day.astimezone(dt.UTC)
    return began if began < until else until - dt.timedelta(minutes=20)


def _open(one: Played, company: Company, at: dt.datetime) -> None:
    name, email, phone = CUSTOMERS[one.story.customer]
    given = {
        "subject": one.story.subject, "words": one.story.words, "name": name, "email": email, "phone": phone,
        "severity": one.story.severity, "impact": one.story.impact, "remedy_sought": one.story.sought,
        "order_refs": [one.story.order] if one.story.order else [],
    }  # fmt: skip
    if one.story.channel == "phone":
        call = intake.log_call(
            direction=CallDirection.INBOUND, began_at=at - dt.timedelta(minutes=6), seconds=340,
            number=phone, notes=one.story.words, given=given, by=company.by("amara"), at=at,
        )  # fmt: skip
        one.case = call.case
    else:
        one.case = intake.submit(given=given, channel=Channel.WEB, by=BY, at=at).case


def _by(one: Played, company: Company, step: Step) -> Actor:
    """Return who acts: somebody by name, or the resolver of the team that has the case now."""
    if step.who != "resolver":
        return company.by(step.who)
    return company.by(RESOLVERS[case_by_ref(one.case.pk, viewer=BY).team.slug])


def _take(one: Played, company: Company, step: Step, at: dt.datetime, told: list[Played]) -> None:
    cases.take(one.case.pk, by=_by(one, company, step), at=at)


def _note(one: Played, company: Company, step: Step, at: dt.datetime, told: list[Played]) -> None:
    conversations.note(case_ref=one.case.ref, text=step.said["text"], by=_by(one, company, step), at=at)


def _reply(one: Played, company: Company, step: Step, at: dt.datetime, told: list[Played]) -> None:
    conversations.reply(
        case_ref=one.case.ref, text=step.said["text"], by=_by(one, company, step), at=at, can_undo=False
    )


def _customer(one: Played, company: Company, step: Step, at: dt.datetime, told: list[Played]) -> None:
    by = customer(one.case.customer_id, case_id=one.case.pk)
    conversations.customer_writes(case_ref=one.case.ref, text=step.said["text"], channel="web", by=by, at=at)


def _wait(one: Played, company: Company, step: Step, at: dt.datetime, told: list[Played]) -> None:
    sent = [message for message in messages_of(one.case) if message.direction == "outbound"]
    question = sent[-1].pk if sent and step.said["reason"].startswith("customer") else None
    cases.wait(one.case.pk, reason=step.said["reason"], question_message_id=question, by=_by(one, company, step), at=at)


def _end_wait(one: Played, company: Company, step: Step, at: dt.datetime, told: list[Played]) -> None:
    cases.end_wait(one.case.pk, why="answered", by=_by(one, company, step), at=at)


def _resolve(one: Played, company: Company, step: Step, at: dt.datetime, told: list[Played]) -> None:
    cases.resolve(one.case.pk, reason=step.said["reason"], by=_by(one, company, step), at=at)


def _close(one: Played, company: Company, step: Step, at: dt.datetime, told: list[Played]) -> None:
    cases.close(one.case.pk, by=_by(one, company, step), at=at)


def _reopen(one: Played, company: Company, step: Step, at: dt.datetime, told: list[Played]) -> None:
    try:
        cases.reopen(one.case.pk, by=_by(one, company, step), at=at)
    except Refused as refusal:  # the customer's own words may have reopened it already
        if refusal.code != "case.stage":
            raise


def _hold(one: Played, company: Company, step: Step, at: dt.datetime, told: list[Played]) -> None:
    cases.place_hold(one.case.pk, reason=step.said["reason"], by=_by(one, company, step), at=at)


def _promise(one: Played, company: Company, step: Step, at: dt.datetime, told: list[Played]) -> None:
    due_at = at + dt.timedelta(hours=step.said["hours"])
    made = clocks.make_promise(one.case.pk, what=step.said["what"], due_at=due_at, by=_by(one, company, step), at=at)
    one.promises.append(made)


def _keep_promise(one: Played, company: Company, step: Step, at: dt.datetime, told: list[Played]) -> None:
    clocks.keep_promise(one.promises[-1].pk, by=_by(one, company, step), at=at)


def _escalate(one: Played, company: Company, step: Step, at: dt.datetime, told: list[Played]) -> None:
    today = at.astimezone(LONDON).date().isoformat()
    claims = tuple(
        Claim(code, {key: today if value == "TODAY" else value for key, value in evidence.items()})
        for code, evidence in step.said["grounds"].items()
    )
    asked = Request(Severity(step.said["severity"]), Impact(step.said["impact"]), claims)
    escalations.request(one.case.pk, asked, by=_by(one, company, step), at=at)


def _accept(one: Played, company: Company, step: Step, at: dt.datetime, told: list[Played]) -> None:
    escalations.accept(one.case.pk, 1, by=_by(one, company, step), at=at)


def _return(one: Played, company: Company, step: Step, at: dt.datetime, told: list[Played]) -> None:
    escalations.return_(
        one.case.pk, 1, reason=step.said["reason"], note=step.said["note"], by=_by(one, company, step), at=at
    )


def _hand_back(one: Played, company: Company, step: Step, at: dt.datetime, told: list[Played]) -> None:
    escalations.hand_back(
        one.case.pk, 1, reason=step.said["reason"], note=step.said["note"], was_needed=True,
        owner_id=company.by(step.said["to"]).staff_id, by=_by(one, company, step), at=at,
    )  # fmt: skip


def _take_back(one: Played, company: Company, step: Step, at: dt.datetime, told: list[Played]) -> None:
    escalations.take_back(one.case.pk, 1, by=_by(one, company, step), at=at)


def _merge(one: Played, company: Company, step: Step, at: dt.datetime, told: list[Played]) -> None:
    cases.link(one.case.pk, told[0].case.pk, kind=LinkKind.DUPLICATE_OF, by=_by(one, company, step), at=at)


Act = Callable[[Played, Company, Step, dt.datetime, list[Played]], None]
ACTS: dict[str, Act] = {
    "take": _take, "note": _note, "reply": _reply, "customer": _customer, "wait": _wait, "end_wait": _end_wait,
    "resolve": _resolve, "close": _close, "reopen": _reopen, "hold": _hold, "promise": _promise,
    "keep_promise": _keep_promise, "escalate": _escalate, "accept": _accept, "return": _return,
    "hand_back": _hand_back, "take_back": _take_back, "merge_into_first": _merge,
}  # fmt: skip
