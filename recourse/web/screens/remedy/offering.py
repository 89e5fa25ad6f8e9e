"""Offering lines with their letter, and writing the final answer; both checked for every mandatory text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from recourse.handbook.policy.remedies import LetterKind
from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.people.policy import Permission
from recourse.remedies import actions
from recourse.remedies.policy import missing_blocks
from recourse.remedies.queries import Board, begun_letter, blocks_of, board
from recourse.web import toasts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, text
from recourse.web.parts import Breadcrumb, Step, Toast
from recourse.web.screens.remedy import words


@dataclass(frozen=True)
class BlockRow:
    """One mandatory text, and whether it stands in the letter."""

    name: str
    text: str
    stands: bool


@dataclass(frozen=True)
class LineChoice:
    """One approved line that may be offered."""

    number: int
    shown: str
    is_chosen: bool


@dataclass(frozen=True)
class LetterPage:
    """A letter, the texts that it must hold, and the lines that it offers."""

    case: Any
    crumbs: Breadcrumb
    heading: str
    is_offer: bool
    lines: Sequence[LineChoice]
    letter: str
    blocks: Sequence[BlockRow]
    why: str
    asks_why: str
    errors: Sequence[str]
    action: str


@dataclass(frozen=True)
class BlocksPage:
    """The check of a letter, alone."""

    blocks: Sequence[BlockRow]


@screen(*GET, *POST, needs=Permission.REMEDY_OFFER)
def offer(request: DeskRequest, ref: str) -> HttpResponse:
    """Show the letter with the lines that it offers; send it when asked to."""
    found = _found(request, ref)
    errors: list[str] = []
    if request.method == "POST" and text(request, "act") == "send":
        try:
            actions.offer(ref, _chosen(request), letter=text(request, "letter"), why=text(request, "why"),
                          by=request.actor, at=request.at)  # fmt: skip
        except Invalid as invalid:
            errors = [said for some in invalid.fields.values() for said in some]
        except (Refused, Stale) as refused:
            errors = [refused.sentence]
        else:
            toasts.say(request, Toast(_("Offered. The customer can answer on their own page.")))
            return done(request, "remedy", ref)
    page = _page(request, found, LetterKind.OFFER, errors)
    return show(request, "remedies/letter.html", page, status=422 if errors else 200)


@screen(*GET, *POST, needs=Permission.REMEDY_OFFER)
def letter(request: DeskRequest, ref: str) -> HttpResponse:
    """Show the final answer; send it when asked to and when it holds what it must."""
    found = _found(request, ref)
    errors: list[str] = []
    if request.method == "POST" and text(request, "act") == "send":
        try:
            actions.send_letter(ref, text(request, "letter"), by=request.actor, at=request.at)
        except Invalid as invalid:
            errors = [said for some in invalid.fields.values() for said in some]
        except Refused as refused:
            errors = [refused.sentence]
        else:
            toasts.say(request, Toast(_("The letter has left.")))
            return done(request, "remedy", ref)
    page = _page(request, found, LetterKind.FINAL, errors)
    return show(request, "remedies/letter.html", page, status=422 if errors else 200)


@screen(*POST, needs=Permission.REMEDY_OFFER)
def check(request: DeskRequest, ref: str, kind: str) -> HttpResponse:
    """Answer which mandatory texts stand in a letter, while it is being written."""
    found = _found(request, ref)
    chosen = LetterKind.OFFER if kind == "offer" else LetterKind.FINAL
    page = BlocksPage(_blocks(request, found, chosen, text(request, "letter")))
    return show(request, "remedies/blocks.html", page)


def _found(request: DeskRequest, ref: str) -> Board:
    found = board(ref, viewer=request.actor, at=request.at)
    if found.package is None:
        raise NotVisible
    return found


def _chosen(request: DeskRequest) -> list[int]:
    return [int(one) for one in request.POST.getlist("line") if one.isascii() and one.isdigit() and len(one) < 6]


def _page(request: DeskRequest, found: Board, kind: LetterKind, errors: Sequence[str]) -> LetterPage:
    case, is_offer = found.case, kind is LetterKind.OFFER
    chosen = _chosen(request) if request.method == "POST" else found.offerable
    typed = text(request, "letter") or _begun(request, found, kind, chosen)
    heading = _("Offer to the customer") if is_offer else _("The final answer")
    steps = [
        Step(case.ref, reverse("case", args=[case.ref])),
        Step(_("Remedy"), reverse("remedy", args=[case.ref])),
        Step(heading),
    ]
    return LetterPage(
        case=case,
        crumbs=Breadcrumb(steps),
        heading=heading,
        is_offer=is_offer,
        lines=[
            LineChoice(one.line.number, one.shown, one.line.number in chosen)
            for one in found.lines
            if is_offer and one.line.number in found.offerable
        ],
        letter=typed,
        blocks=_blocks(request, found, kind, typed),
        why=text(request, "why"),
        asks_why=_asks_why(found) if is_offer else "",
        errors=errors,
        action=reverse("remedy-letter-check", args=[case.ref, "offer" if is_offer else "final"]),
    )


def _begun(request: DeskRequest, found: Board, kind: LetterKind, chosen: Sequence[int]) -> str:
    assert found.package is not None
    lines = [one.line for one in found.lines if one.line.number in chosen]
    return begun_letter(found.package, kind, lines, at=request.at)


def _blocks(request: DeskRequest, found: Board, kind: LetterKind, typed: str) -> list[BlockRow]:
    assert found.package is not None
    blocks = blocks_of(found.package, kind, at=request.at)
    missing = {block.key for block in missing_blocks(typed, blocks)}
    return [BlockRow(block.name, block.text, block.key not in missing) for block in blocks]


def _asks_why(found: Board) -> str:
    """Return why a reason is asked for: what like cases got, where this lies outside of it."""
    likes = found.likes
    if not likes.is_outside(found.share):
        return ""
    said = _("Like cases got %(low)s to %(high)s of their loss; this is %(here)s. Say why it differs.")
    return said % {
        "low": words.percent(likes.low or 0), "high": words.percent(likes.high or 0), "here": words.percent(found.share)
    }  # fmt: skip
