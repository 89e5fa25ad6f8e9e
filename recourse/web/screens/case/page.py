"""The case page itself, its moves, and the explanation of one clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from recourse.cases.queries.find import case_by_ref
from recourse.cases.queries.state import AllowedMove, allowed_moves, state_of
from recourse.clocks.queries.standing import explain_clock
from recourse.conversations.policy.words import DraftKind
from recourse.conversations.queries import drafts_of, files_beside_draft, here, refusal_to_write
from recourse.handbook.queries import edition_at
from recourse.kit.errors import Invalid, NotVisible, Stale
from recourse.people.policy import Permission
from recourse.web import toasts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, whole_number
from recourse.web.parts import Breadcrumb, Button, Chip, Due, ExplainLine, Menu, Person, Step, Toast
from recourse.web.screens.case.panels import OpenPanel, PersonPanel, person, what_is_open
from recourse.web.screens.case.story import Story, story
from recourse.web.screens.case.verbs import VERBS, form_of, said
from recourse.web.screens.case.words import clock_name

ON_PAGE = ("take", "start", "resolve", "close", "reopen", "wait", "end_wait", "unmerge")
BESIDE_THE_POINT = {"case.stage", "case.not_waiting", "case.owned", "case.waiting", "case.read_only", "case.walled"}


@dataclass(frozen=True)
class CasePage:
    """Everything on the case page."""

    case: Any
    crumbs: Breadcrumb
    chips: Sequence[Chip]
    due: Due
    owner: Person | None
    contact: Person | None
    buttons: Sequence[Button]
    menu: Menu
    story: Story
    person: PersonPanel
    open: OpenPanel
    compose: Any
    here: Sequence[Any]
    is_read_only: bool
    merged_into: str


@dataclass(frozen=True)
class Composer:
    """The place to write: drafts kept, templates on offer, files beside the draft."""

    reply: str
    note: str
    files: Sequence[Any]
    seen: int
    may_reply: bool
    may_note: bool
    writes: str
    why_not: str


@dataclass(frozen=True)
class VerbPage:
    """A verb's own page: what it asks, with what was typed and what is wrong."""

    case: Any
    name: str
    label: str
    action: str
    form: forms.Form
    seen: int
    refusal: str
    stale: str


@screen(*GET)
def page(request: DeskRequest, ref: str) -> HttpResponse:
    """Show a case; one that was merged still has its page and points on."""
    case = case_by_ref(ref, viewer=request.actor)
    state = state_of(case, request.actor)
    moves = allowed_moves(case, request.actor, state=state)
    told = story(request, case)
    answer = CasePage(
        case=case,
        crumbs=Breadcrumb([Step(case.queue.name, reverse("queues")), Step(case.ref)]),
        chips=_chips(case),
        due=_due(request, case),
        owner=Person(case.owner.name) if case.owner else None,
        contact=Person(case.contact_owner.name) if case.contact_owner and case.contact_owner != case.owner else None,
        buttons=_buttons(request, case, moves),
        menu=_menu(case, moves),
        story=told,
        person=person(request, case),
        open=what_is_open(request, case, has_holds=bool(state.holds)),
        compose=_composer(request, case, told),
        here=here(case, viewer=request.actor, at=request.at),
        is_read_only=not any(move.is_allowed for move in moves),
        merged_into=case.merged_into.ref if case.merged_into else "",
    )
    return show(request, "case/page.html", answer)


def _chips(case: Any) -> list[Chip]:
    tone = {"new": "accent", "resolved": "ok", "closed": "neutral"}.get(case.stage, "neutral")
    found = [Chip(_(case.stage), tone)]
    if case.is_waiting:
        found.append(Chip(_("waiting"), "paused"))
    severe = {"high": "warn", "critical": "bad"}.get(case.severity, "neutral")
    found.append(Chip(_("severity %(level)s") % {"level": _(case.severity)}, severe))
    if case.priority != "normal":
        found.append(Chip(_("priority %(level)s") % {"level": _(case.priority)}))
    found.append(
        Chip(_(case.tier.replace("_", " ")), icon="arrow-up-right" if case.tier != "front_line" else "users-round")
    )
    if case.is_restricted:
        found.append(Chip(_("restricted"), "note"))
    return found


def _due(request: DeskRequest, case: Any) -> Due:
    if case.due_at.year == 9999 or not case.is_open:
        return Due(None, request.at, "none")
    return Due(case.due_at, request.at, "breached" if case.due_at < request.at else "running")


def _buttons(request: DeskRequest, case: Any, moves: Sequence[AllowedMove]) -> list[Button]:
    found = []
    if request.actor.can(Permission.ESCALATION_REQUEST) and case.is_open:
        href = reverse("escalate", args=[case.ref])
        found.append(Button(_("Escalate"), href=href, icon="arrow-up-right", key="e", is_verb=True))
    if request.actor.can(Permission.REMEDY_PROPOSE):
        href = reverse("remedy", args=[case.ref])
        found.append(Button(_("Remedy"), href=href, icon="scale", key="o", is_verb=True))
    is_mine = case.owner_id is not None and case.owner_id == request.actor.staff_id
    shown = [move for move in moves if move.name in ON_PAGE and move.code not in BESIDE_THE_POINT]
    return found + [_button(case, move) for move in shown if not (is_mine and move.name == "take")]


def _button(case: Any, move: AllowedMove) -> Button:
    verb = VERBS[move.name]
    kind = "primary" if move.name in {"take", "resolve"} and move.is_allowed else "plain"
    label, reason = str(move.label), move.sentence
    if not verb.asks and not reason:
        return Button(
            label, icon=verb.icon, key=verb.key, kind=kind, is_verb=True, form="verb",
            attrs={"formaction": reverse("case-verb", args=[case.ref, move.name])},
        )  # fmt: skip
    href = "" if reason else reverse("case-verb", args=[case.ref, move.name])
    return Button(label, href=href, icon=verb.icon, key=verb.key, kind=kind, reason=reason, is_verb=True)


def _menu(case: Any, moves: Sequence[AllowedMove]) -> Menu:
    rest = [move for move in moves if move.name not in ON_PAGE and move.name in VERBS and move.code != "case.stage"]
    return Menu(_("More"), [_button(case, move) for move in rest], title=_("This case"))


def _composer(request: DeskRequest, case: Any, told: Story) -> Composer:
    drafts = drafts_of(case, viewer=request.actor)
    kept = {kind: drafts[kind].text if kind in drafts else "" for kind in DraftKind}
    wanted = request.GET.get("write", "reply")
    return Composer(
        reply=kept[DraftKind.REPLY],
        note=kept[DraftKind.NOTE],
        files=files_beside_draft(case, DraftKind.REPLY, viewer=request.actor),
        seen=told.newest_public,
        may_reply=request.actor.can(Permission.MESSAGE_SEND) and case.stage != "merged",
        may_note=request.actor.can(Permission.MESSAGE_NOTE) and case.stage != "merged",
        writes="note" if wanted == "note" or not request.actor.can(Permission.MESSAGE_SEND) else "reply",
        why_not=refusal.sentence if (refusal := refusal_to_write(case, request.actor)) else "",
    )


@screen(*GET, *POST)
def verb(request: DeskRequest, ref: str, name: str) -> HttpResponse:
    """Ask what a verb needs, and do it."""
    if name not in VERBS:
        raise NotVisible
    case = case_by_ref(ref, viewer=request.actor)
    if request.method != "POST":
        return show(request, "case/verb.html", _verb_page(request, case, name))
    try:
        VERBS[name].call(request, ref, said(request, case, VERBS[name], whole_number(request, "seen")))
    except Invalid as invalid:
        return show(request, "case/verb.html", _verb_page(request, case, name, errors=invalid.fields), status=422)
    except Stale as stale:
        fresh = case_by_ref(ref, viewer=request.actor)
        return show(request, "case/verb.html", _verb_page(request, fresh, name, stale=stale.sentence), status=409)
    toasts.say(request, Toast(_("Done: %(what)s.") % {"what": _label(request, case, name).lower()}))
    return done(request, "case", ref)


def _label(request: DeskRequest, case: Any, name: str) -> str:
    return next(str(move.label) for move in allowed_moves(case, request.actor) if move.name == name)


def _verb_page(
    request: DeskRequest, case: Any, name: str, *, errors: dict[str, list[str]] | None = None, stale: str = ""
) -> VerbPage:
    move = next(move for move in allowed_moves(case, request.actor) if move.name == name)
    return VerbPage(
        case=case,
        name=name,
        label=str(move.label),
        action=reverse("case-verb", args=[case.ref, name]),
        form=form_of(request, case, name, errors or {}),
        seen=case.version,
        refusal=move.sentence,
        stale=stale,
    )


@dataclass(frozen=True)
class ClockPage:
    """How the due time of one clock comes about."""

    ref: str
    name: str
    found: Any
    lines: Sequence[ExplainLine]
    counted: str
    paused: str
    outside: str


@screen(*GET)
def clock(request: DeskRequest, ref: str, kind: str, epoch: int) -> HttpResponse:
    """Explain one clock: every counted and skipped stretch, and the rule that counts them."""
    case = case_by_ref(ref, viewer=request.actor)
    found = explain_clock(case, kind=kind, epoch=epoch, at=request.at)
    lines = [_line(span) for span in found.spans]
    answer = ClockPage(
        ref=case.ref,
        name=clock_name(found.state, edition_at(request.at).rules),
        found=found,
        lines=lines,
        counted=_hours(found.counted),
        paused=_hours(found.paused),
        outside=_hours(found.outside),
    )
    return show(request, "case/clock.html", answer)


def _hours(seconds: float) -> str:
    minutes = round(seconds / 60)
    return _("%(h)d h %(m)d min") % {"h": minutes // 60, "m": minutes % 60}


def _line(span: Any) -> ExplainLine:
    kind = {"open": "counted", "paused": "paused"}.get(span.reason.value, "skipped")
    why = span.name or _(span.reason.value.replace("_", " "))
    return ExplainLine(kind, span.start, span.end, why="" if kind == "counted" else why)


@dataclass(frozen=True)
class StoryPage:
    """The timeline alone."""

    ref: str
    story: Story


@screen(*GET)
def story_panel(request: DeskRequest, ref: str) -> HttpResponse:
    """Answer the timeline alone, for live refreshing."""
    case = case_by_ref(ref, viewer=request.actor)
    return show(request, "case/story_panel.html", StoryPage(case.ref, story(request, case)))
