"""One timeline of a case: what was said and what was recorded, by time."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recourse.cases.queries.lists import queues as case_queues
from recourse.conversations.queries import messages_of
from recourse.handbook.queries import edition_at
from recourse.people.queries import names_of, teams
from recourse.timeline.queries.entries import Line, Names, thread_lines
from recourse.web import parts
from recourse.web.door import DeskRequest
from recourse.web.parts import Button, Message, MessageKind, Moment, Person, PersonKind, Tab, TimelineEntry
from recourse.web.screens.case.words import event_names

SIZE = 50
SAID = frozenset({"message.received", "message.queued", "message.sent", "message.noted"})
SHOWS: dict[str, tuple[Any, Callable[[str], bool]]] = {
    "all": (gettext_lazy("Everything"), lambda kind: True),
    "customer": (gettext_lazy("Customer’s words"), lambda kind: kind == "inbound"),
    "ours": (gettext_lazy("Our words"), lambda kind: kind == "outbound"),
    "notes": (gettext_lazy("Notes"), lambda kind: kind == "note"),
    "clocks": (gettext_lazy("Clocks"), lambda kind: kind.startswith(("clock.", "promise."))),
    "money": (
        gettext_lazy("Remedy and money"),
        lambda kind: kind.startswith(("remedy.", "money.", "refund.", "voucher.", "approval.", "letter.", "watch.")),
    ),
    "decisions": (
        gettext_lazy("Decisions"),
        lambda kind: "." in kind and not kind.startswith(("clock.", "message.", "draft.", "attachment.")),
    ),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on the timeline."""

    at: dt.datetime
    kind: str
    part: Any
    order: int = 0


@dataclass(frozen=True, slots=True)
class Story:
    """A stretch of the timeline, oldest first, and where the stretch before it is."""

    items: Sequence[Item]
    earlier_href: str
    show: str
    tabs: parts.Tabs
    newest_public: int


def story(request: DeskRequest, case: Any) -> Story:
    """Return the newest stretch of a case's timeline, or the one that `lines` and `before` in the address name."""
    show = request.GET.get("show", "all")
    wanted = SHOWS.get(show, SHOWS["all"])[1]
    lines = thread_lines(
        [case.thread_id],
        viewer=request.actor,
        cursor=request.GET.get("lines") or None,
        size=SIZE,
        names=_names(request),
    )
    said = list(messages_of(case))
    names = names_of(_staff_of(lines.rows))
    items = [_said(request, case, one) for one in said if _within(one.at, lines, request)]
    items += [_told(request, line, names) for line in lines.rows if line.event not in SAID]
    items = sorted((one for one in items if wanted(one.kind)), key=lambda one: (one.at, one.order))
    return Story(
        items=items,
        earlier_href=_earlier(case, lines, show),
        show=show,
        tabs=_tabs(case, show),
        newest_public=max((one.number for one in said if one.visibility == "public"), default=0),
    )


def _names(request: DeskRequest) -> Names:
    queues = {queue.slug: queue.name for queue in case_queues(viewer=request.actor)}
    return event_names(edition_at(request.at).rules, queues, {team.slug: team.name for team in teams(has_retired=True)})


def _within(moment: dt.datetime, lines: Any, request: DeskRequest) -> bool:
    """A message belongs to the stretch of entries that it was said in; the oldest stretch has no beginning."""
    lowest = lines.rows[-1].at if lines.rows and lines.next_cursor else None
    before = request.GET.get("before", "")
    return (lowest is None or moment >= lowest) and (not before or moment.isoformat() < before)


def _earlier(case: Any, lines: Any, show: str) -> str:
    if not lines.next_cursor or not lines.rows:
        return ""
    asked = {"show": show, "lines": lines.next_cursor, "before": lines.rows[-1].at.isoformat()}
    return f"{reverse('case', args=[case.ref])}?{urlencode(asked)}"


def _tabs(case: Any, show: str) -> parts.Tabs:
    base = reverse("case", args=[case.ref])
    items = [Tab(str(label), f"{base}?show={name}#case-talk", name == show) for name, (label, _is) in SHOWS.items()]
    return parts.Tabs(_("What the timeline shows"), items)


def _said(request: DeskRequest, case: Any, one: Any) -> Item:
    kind = {"inbound": MessageKind.INBOUND, "outbound": MessageKind.OUTBOUND}.get(one.direction, MessageKind.NOTE)
    return Item(one.at, kind.value, _message(request, case, one, kind))


def _message(request: DeskRequest, case: Any, one: Any, kind: MessageKind) -> Message:
    state = {"sending": "sending", "failed": "failed", "bounced": "failed", "deleted": "deleted"}.get(one.state, "sent")
    return Message(
        kind=kind,
        who=_author(one),
        when=Moment(one.at, request.at),
        text=one.text,
        id=f"message-{one.number}",
        channel=one.channel if kind is not MessageKind.NOTE else "",
        state="edited" if one.edited_at and state == "sent" else state,
        state_note=_("Card numbers were masked.") if one.masked_cards else "",
        attachments=[
            parts.Attachment(file.name, _size(file.size), reverse("case-file", args=[case.ref, file.pk]))
            for file in one.attachments.all()
            if file.removed_at is None
        ],
        actions=_actions(request, case, one),
        versions_href=reverse("case-versions", args=[case.ref, one.number]) if one.edited_at else "",
    )


def _author(one: Any) -> Person:
    if one.staff is not None:
        return Person(one.staff.name)
    if one.direction == "inbound":
        return Person(one.customer.name if one.customer and one.customer.name else _("Customer"), PersonKind.CUSTOMER)
    return Person(_("The desk"), PersonKind.SYSTEM)


def _actions(request: DeskRequest, case: Any, one: Any) -> list[Button]:
    is_mine = one.staff_id is not None and one.staff_id == request.actor.staff_id
    found = []
    if one.state == "sending" and is_mine:
        found.append(_act(case, one, "undo", _("Undo sending"), "undo-2", key="z"))
    if one.is_reply_needed and request.actor.can("message:send"):
        found.append(_act(case, one, "no-reply", _("Needs no reply"), "check"))
    if one.state == "noted" and is_mine:
        href = reverse("case-edit", args=[case.ref, one.number])
        found.append(Button(_("Edit"), href=href, kind="quiet", icon="pencil", is_small=True))
    return found


def _act(case: Any, one: Any, name: str, label: str, icon: str, key: str = "") -> Button:
    return Button(
        label, kind="quiet", icon=icon, is_small=True, key=key, form="message-acts",
        attrs={"formaction": reverse("case-message", args=[case.ref, one.number, name])},
    )  # fmt: skip


def _size(size: int) -> str:
    return f"{size / 1024:.0f} kB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"


def _told(request: DeskRequest, line: Line, names: dict[UUID, str]) -> Item:
    is_on_record = request.actor.can("record:read")
    return Item(
        line.at,
        line.event,
        TimelineEntry(
            sentence=line.sentence,
            when=Moment(line.at, request.at),
            who=actor_name(line, names),
            number=line.number if is_on_record else None,
            href=reverse("record-entry", args=[line.position]) if is_on_record else "",
            icon_name=_icon(line.event),
            detail=line.note,
        ),
        order=line.number,
    )


def _icon(event: str) -> str:
    noun = event.partition(".")[0]
    return {
        "clock": "clock",
        "promise": "handshake",
        "escalation": "arrow-up-right",
        "case": "flag",
        "remedy": "scale",
        "letter": "mail",
        "watch": "eye",
    }.get(noun, "circle")


def _staff_of(lines: Iterable[Line]) -> set[UUID]:
    found = {line.staff_id for line in lines if line.staff_id}
    return found | {line.on_behalf_of for line in lines if line.on_behalf_of}


def actor_name(line: Line, names: dict[UUID, str]) -> str:
    """Return who did it, in words."""
    if line.actor_kind == "staff":
        return names.get(line.staff_id, _("somebody")) if line.staff_id else _("somebody")
    return {"customer": _("The customer"), "api_key": _("A program")}.get(line.actor_kind, _("The desk"))
