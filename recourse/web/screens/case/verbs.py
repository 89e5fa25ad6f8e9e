"""The verbs of a case as forms: one table says what each asks for and which verb it calls."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recourse.cases import actions
from recourse.cases.actions.splitting import Part
from recourse.cases.policy import Impact, LinkKind, Priority, Severity
from recourse.cases.queries.lists import queues
from recourse.cases.queries.state import open_holds
from recourse.conversations.queries import messages_of
from recourse.handbook.queries import edition_at
from recourse.kit.errors import Invalid
from recourse.people.queries import active_staff
from recourse.web.door import DeskRequest, text

Choice = tuple[str, str]
Choices = Callable[[DeskRequest, Any], Sequence[Choice]]


@dataclass(frozen=True, slots=True)
class Ask:
    """One field of a verb's form. `kind` is text, long, select, many, check, number or moment."""

    name: str
    label: Any
    kind: str = "text"
    choices: Choices | None = None
    is_required: bool = True
    help: Any = ""
    value: Callable[[Any], str] | None = None


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb: what it asks, what it calls, its key and icon, and whether it stands on the page itself."""

    asks: tuple[Ask, ...]
    call: Callable[[DeskRequest, str, Mapping[str, Any]], Any]
    icon: str
    key: str = ""
    says: Any = ""


def _people(request: DeskRequest, case: Any) -> list[Choice]:
    return [(str(one.pk), one.name) for one in active_staff()]


def _queues(request: DeskRequest, case: Any) -> list[Choice]:
    return [(one.slug, one.name) for one in queues(viewer=request.actor) if one.pk != case.queue_id]


def _reasons(name: str) -> Choices:
    def choices(request: DeskRequest, case: Any) -> list[Choice]:
        return [(one.code, one.name) for one in getattr(edition_at(request.at).rules.reasons, name)]

    return choices


def _holds(request: DeskRequest, case: Any) -> list[Choice]:
    return [(f"{hold.reason}|{hold.matter}", f"{hold.reason} {hold.matter}".strip()) for hold in open_holds(case)]


def _said(request: DeskRequest, case: Any) -> list[Choice]:
    rows = [one for one in messages_of(case) if one.state != "deleted"]
    return [(str(one.pk), f"{one.number}. {one.text[:70]}") for one in rows]


def _questions(request: DeskRequest, case: Any) -> list[Choice]:
    sent = [one for one in messages_of(case) if one.direction == "outbound" and one.state in {"sent", "sending"}]
    return [("", _("none"))] + [(str(one.pk), f"{one.number}. {one.text[:70]}") for one in reversed(sent)]


def _enum(kind: Any) -> Choices:
    return lambda request, case: [(one.value, _(one.value.replace("_", " "))) for one in kind]


def _uuid(value: str, field: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise Invalid.one(field, _("Choose one of the list.")) from error


def _moment(request: DeskRequest, value: str, field: str) -> dt.datetime | None:
    if not value:
        return None
    try:
        local = dt.datetime.fromisoformat(value)
    except ValueError as error:
        raise Invalid.one(field, _("This is not a date and time.")) from error
    zone = ZoneInfo(getattr(request.user, "time_zone", "UTC"))
    return (local if local.tzinfo else local.replace(tzinfo=zone)).astimezone(dt.UTC)


def _call(verb: Callable[..., Any], *names: str) -> Callable[[DeskRequest, str, Mapping[str, Any]], Any]:
    """Return a call that passes the named fields on as they are."""
    return lambda request, ref, said: verb(
        ref, by=request.actor, at=request.at, seen=said["seen"], **{name: said[name] for name in names}
    )


def _assign(request: DeskRequest, ref: str, said: Mapping[str, Any]) -> Any:
    owner = _uuid(said["owner"], "owner")
    return actions.assign(ref, owner_id=owner, by=request.actor, at=request.at, seen=said["seen"])


def _transfer(request: DeskRequest, ref: str, said: Mapping[str, Any]) -> Any:
    queue = next((one for one in queues(viewer=request.actor) if one.slug == said["queue"]), None)
    if queue is None:
        raise Invalid.one("queue", _("Choose one of the list."))
    return actions.transfer(ref, queue=queue, by=request.actor, at=request.at, note=said["note"], seen=said["seen"])


def _wait(request: DeskRequest, ref: str, said: Mapping[str, Any]) -> Any:
    question = _uuid(said["question"], "question") if said["question"] else None
    wake_at = _moment(request, said["wake_at"], "wake_at")
    return actions.wait(
        ref, reason=said["reason"], question_message_id=question, wake_at=wake_at,
        by=request.actor, at=request.at, seen=said["seen"],
    )  # fmt: skip


def _end_wait(request: DeskRequest, ref: str, said: Mapping[str, Any]) -> Any:
    return actions.end_wait(ref, why="by_hand", by=request.actor, at=request.at, seen=said["seen"])


def _grade(request: DeskRequest, ref: str, said: Mapping[str, Any]) -> Any:
    return actions.grade(
        ref, severity=_of(Severity, said, "severity"), impact=_of(Impact, said, "impact"),
        priority=_of(Priority, said, "priority"), note=said["note"],
        by=request.actor, at=request.at, seen=said["seen"],
    )  # fmt: skip


def _of(kind: Any, said: Mapping[str, Any], field: str) -> Any:
    try:
        return kind(said[field])
    except ValueError as error:
        raise Invalid.one(field, _("Choose one of the list.")) from error


def _describe(request: DeskRequest, ref: str, said: Mapping[str, Any]) -> Any:
    changes: dict[str, object] = {name: said[name] for name in ("subject", "family", "product", "remedy_sought")}
    changes["order_refs"] = [one.strip() for one in said["order_refs"].split(",") if one.strip()]
    return actions.describe(ref, changes=changes, by=request.actor, at=request.at, seen=said["seen"])


def _hold(request: DeskRequest, ref: str, said: Mapping[str, Any]) -> Any:
    return actions.place_hold(
        ref, reason=said["reason"], matter=said["matter"], note=said["note"],
        by=request.actor, at=request.at, seen=said["seen"],
    )  # fmt: skip


def _lift(request: DeskRequest, ref: str, said: Mapping[str, Any]) -> Any:
    reason, _bar, matter = said["hold"].partition("|")
    return actions.lift_hold(
        ref, reason=reason, matter=matter, note=said["note"], by=request.actor, at=request.at, seen=said["seen"]
    )


def _link(request: DeskRequest, ref: str, said: Mapping[str, Any]) -> Any:
    return actions.link(
        ref, said["target"], kind=_of(LinkKind, said, "kind"), by=request.actor, at=request.at, seen=said["seen"]
    )


def _merge(request: DeskRequest, ref: str, said: Mapping[str, Any]) -> Any:
    return actions.merge(
        ref, into=said["into"], is_across_customers=bool(said["is_across_customers"]), note=said["note"],
        by=request.actor, at=request.at, seen=said["seen"],
    )  # fmt: skip


def _split(request: DeskRequest, ref: str, said: Mapping[str, Any]) -> Any:
    ids = [_uuid(one, "messages") for one in said["messages"]]
    chosen = [one for one in messages_of(said["case"]) if one.pk in ids]
    if not chosen:
        raise Invalid.one("messages", _("Choose at least one message."))
    part = Part(
        subject=said["subject"], message_ids=[one.pk for one in chosen], received_at=min(one.at for one in chosen)
    )
    return actions.split(ref, part, note=said["note"], by=request.actor, at=request.at, seen=said["seen"])


def _restrict(request: DeskRequest, ref: str, said: Mapping[str, Any]) -> Any:
    readers = [_uuid(one, "readers") for one in said["readers"]]
    return actions.restrict(
        ref, reader_ids=readers, note=said["note"], by=request.actor, at=request.at, seen=said["seen"]
    )


def _add_reader(request: DeskRequest, ref: str, said: Mapping[str, Any]) -> Any:
    return actions.add_reader(ref, staff_id=_uuid(said["reader"], "reader"), by=request.actor, at=request.at)


_NOTE = Ask("note", gettext_lazy("Why, for the record"), "long", is_required=False)
_kinds = {
    "duplicate_of": gettext_lazy("is a duplicate of"),
    "caused_by": gettext_lazy("was caused by"),
    "blocks": gettext_lazy("blocks"),
    "part_of": gettext_lazy("is part of"),
    "related": gettext_lazy("is related to"),
}

VERBS: dict[str, Verb] = {
    "take": Verb((), _call(actions.take), "user-round", "t"),
    "start": Verb((), _call(actions.start), "arrow-right", "s"),
    "resolve": Verb(
        (Ask("reason", gettext_lazy("What came of it"), "select", _reasons("close")), _NOTE),
        _call(actions.resolve, "reason", "note"), "check", "x",
    ),
    "close": Verb((), _call(actions.close), "circle-check"),
    "reopen": Verb((_NOTE,), _call(actions.reopen, "note"), "history"),
    "wait": Verb(
        (
            Ask("reason", gettext_lazy("For whom or what"), "select", _reasons("wait")),
            Ask("question", gettext_lazy("The question that was sent"), "select", _questions, is_required=False,
                help=gettext_lazy("Waiting that stops the clocks needs one.")),
            Ask("wake_at", gettext_lazy("Remind me at"), "moment", is_required=False),
        ),
        _wait, "hourglass", "w",
    ),
    "end_wait": Verb((), _end_wait, "timer"),
    "assign": Verb((Ask("owner", gettext_lazy("To whom"), "select", _people),), _assign, "users-round", "a"),
    "release": Verb((), _call(actions.release), "undo-2"),
    "transfer": Verb((Ask("queue", gettext_lazy("Queue"), "select", _queues), _NOTE), _transfer, "list-ordered", "m"),
    "grade": Verb(
        (
            Ask("severity", gettext_lazy("Severity: how bad for the customer"), "select", _enum(Severity),
                value=lambda case: case.severity),
            Ask("impact", gettext_lazy("Impact: how many are struck"), "select", _enum(Impact),
                value=lambda case: case.impact),
            Ask("priority", gettext_lazy("Priority: our order of work"), "select", _enum(Priority),
                value=lambda case: case.priority),
            _NOTE,
        ),
        _grade, "flag", "p",
    ),
    "describe": Verb(
        (
            Ask("subject", gettext_lazy("Subject"), value=lambda case: case.subject),
            Ask("family", gettext_lazy("Kind of problem"), is_required=False, value=lambda case: case.family),
            Ask("product", gettext_lazy("Product"), is_required=False, value=lambda case: case.product),
            Ask("remedy_sought", gettext_lazy("What the customer asks for"), is_required=False,
                value=lambda case: case.remedy_sought),
            Ask("order_refs", gettext_lazy("Order numbers, with commas between"), is_required=False,
                value=lambda case: ", ".join(case.order_refs)),
        ),
        _describe, "pencil",
    ),
    "place_hold": Verb(
        (
            Ask("reason", gettext_lazy("Why it may not close"), "select", _reasons("hold")),
            Ask("matter", gettext_lazy("Matter, if there is one"), is_required=False),
            _NOTE,
        ),
        _hold, "lock",
    ),
    "lift_hold": Verb((Ask("hold", gettext_lazy("Which hold"), "select", _holds), _NOTE), _lift, "lock"),
    "link": Verb(
        (
            Ask("kind", gettext_lazy("This case…"), "select", lambda r, c: [(k, str(v)) for k, v in _kinds.items()]),
            Ask("target", gettext_lazy("…that case, such as RC-1042")),
        ),
        _link, "link",
    ),
    "merge": Verb(
        (
            Ask("into", gettext_lazy("Into which case, such as RC-1042"),
                help=gettext_lazy("This case keeps its number and points there. It can be undone.")),
            Ask("is_across_customers", gettext_lazy("Yes, although the customers differ"), "check", is_required=False),
            _NOTE,
        ),
        _merge, "merge",
    ),
    "unmerge": Verb((_NOTE,), _call(actions.unmerge, "note"), "undo-2"),
    "split": Verb(
        (
            Ask("messages", gettext_lazy("Which messages go"), "many", _said),
            Ask("subject", gettext_lazy("Subject of the new case")),
            _NOTE,
        ),
        _split, "split",
    ),
    "restrict": Verb(
        (Ask("readers", gettext_lazy("Who may read it beside the owner"), "many", _people, is_required=False), _NOTE),
        _restrict, "lock",
    ),
    "unrestrict": Verb((_NOTE,), _call(actions.unrestrict, "note"), "eye"),
    "add_reader": Verb((Ask("reader", gettext_lazy("Who"), "select", _people),), _add_reader, "eye"),
}  # fmt: skip


def said(request: DeskRequest, case: Any, verb: Verb, seen: int | None) -> dict[str, Any]:
    """Return what was posted for a verb; a required field left empty raises Invalid naming it."""
    found: dict[str, Any] = {"seen": seen, "case": case}
    wrong: dict[str, list[str]] = {}
    for ask in verb.asks:
        found[ask.name] = request.POST.getlist(ask.name) if ask.kind == "many" else text(request, ask.name).strip()
        if ask.is_required and not found[ask.name]:
            wrong[ask.name] = [_("This cannot be empty.")]
    if wrong:
        raise Invalid(wrong)
    return found


def form_of(request: DeskRequest, case: Any, name: str, errors: Mapping[str, Sequence[str]]) -> forms.Form:
    """Return the form of a verb: filled from the case, or from what was posted with what is wrong named."""
    fields = {ask.name: _field(request, case, ask) for ask in VERBS[name].asks}
    made: forms.Form = type("VerbForm", (forms.Form,), fields)(request.POST if request.method == "POST" else None)
    for field, sentences in errors.items():
        for sentence in sentences:
            if made.is_bound and sentence not in made.errors.get(field, []):
                made.add_error(field if field in fields else None, sentence)
    return made


def _field(request: DeskRequest, case: Any, ask: Ask) -> forms.Field:
    choices = ask.choices(request, case) if ask.choices else ()
    shared = {"label": ask.label, "required": ask.is_required, "help_text": ask.help}
    match ask.kind:
        case "select":
            field: forms.Field = forms.ChoiceField(choices=choices, **shared)
        case "many":
            field = forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **shared)
        case "check":
            field = forms.BooleanField(**shared)
        case "long":
            field = forms.CharField(widget=forms.Textarea({"rows": 3}), **shared)
        case "moment":
            field = forms.CharField(widget=forms.DateTimeInput({"type": "datetime-local"}), **shared)
        case _text:
            field = forms.CharField(**shared)
    field.initial = ask.value(case) if ask.value else None
    return field
