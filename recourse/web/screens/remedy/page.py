"""The remedy builder: fairness, like cases and authority beside the lines, each with its moves and its delivery."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from recourse.handbook.policy.kinds import LineKind
from recourse.kit.money import written
from recourse.people.policy import Permission
from recourse.remedies import actions
from recourse.remedies.policy import Part
from recourse.remedies.queries import Board, LineView, board, say
from recourse.web import toasts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, text, whole_number
from recourse.web.parts import Breadcrumb, Button, Chip, Moment, Money, Stat, Step, Toast
from recourse.web.screens.remedy import words

ASKED_AGAIN = ("edit", "replace", "give_up")
POSTED = ("propose", "execute", "withdraw")


@dataclass(frozen=True)
class OwedRow:
    """One entitlement: what it rests on, how much, what is missing of it, and where to give it."""

    key: str
    name: str
    why: str
    amount: Money
    missing: Money | None
    missing_minor: int
    href: str
    share_href: str


@dataclass(frozen=True)
class HarmRow:
    """One item of harm: what counts of what was claimed, why not all, and where to make it good."""

    name: str
    claimed: Money
    counted: Money
    why: str
    href: str


@dataclass(frozen=True)
class FairView:
    """What is owed, what makes whole, the band of goodwill, in the order of fairness."""

    owed: Sequence[OwedRow]
    harms: Sequence[HarmRow]
    loss: Money
    goodwill: Money
    explain: Sequence[str]


@dataclass(frozen=True)
class LineRow:
    """One line on the page."""

    number: int
    version: int
    kind: str
    part: Chip
    state: Chip
    shown: str
    amount: Money | None
    delivery: Sequence[str]
    answer: str
    buttons: Sequence[Button]
    can_confirm: bool
    confirm_href: str
    is_failed: bool


@dataclass(frozen=True)
class PeersView:
    """What like cases got beside what this one gets."""

    stat: Stat
    here: str
    is_outside: bool
    rows: Sequence[tuple[str, str, Money]]


@dataclass(frozen=True)
class AuthorityRow:
    """The most that one may still decide alone, for kinds of line."""

    kinds: str
    most: Money


@dataclass(frozen=True)
class RemedyPage:
    """Everything on the page."""

    case: Any
    crumbs: Breadcrumb
    why_not: str
    is_assessed: bool
    cause: str = ""
    sought: str = ""
    outcome: str = ""
    given: Money | None = None
    fair: FairView | None = None
    lines: Sequence[LineRow] = ()
    adding: Sequence[Button] = ()
    offer: Button | None = None
    letter_href: str = ""
    peers: PeersView | None = None
    authority: Sequence[AuthorityRow] = ()
    offers: Sequence[Any] = ()
    letters: Sequence[Any] = ()
    watches: Sequence[Any] = field(default_factory=tuple)


@screen(*GET)
def page(request: DeskRequest, ref: str) -> HttpResponse:
    """Show the remedy of a case."""
    return show(request, "remedies/remedy.html", build(request, board(ref, viewer=request.actor, at=request.at)))


def build(request: DeskRequest, found: Board) -> RemedyPage:
    """Return the page of a remedy."""
    case = found.case
    crumbs = Breadcrumb([Step(case.ref, reverse("case", args=[case.ref])), Step(_("Remedy"))])
    package, fair = found.package, found.fair
    if package is None or fair is None:
        return RemedyPage(case, crumbs, found.why_not, is_assessed=False)
    rules = found.edition.rules.remedies
    cause = rules.cause(package.cause)
    return RemedyPage(
        case=case,
        crumbs=crumbs,
        why_not=found.why_not,
        is_assessed=True,
        cause=cause.name if cause else package.cause,
        sought=_sought(package),
        outcome=words.outcome_name(package.outcome),
        given=words.amount(package.given_minor or 0, package.currency),
        fair=fair_view(case, fair, found.missing, may_add=not found.why_not, has_order=package.order_id is not None),
        lines=[_line(request, case, one) for one in found.lines],
        adding=[] if found.why_not else _adding(case),
        offer=_offer(case, found),
        letter_href=reverse("remedy-letter", args=[case.ref]),
        peers=_peers(found),
        authority=_authority(found),
        offers=found.offers,
        letters=[(one, Moment(one.sent_at, request.at)) for one in found.letters if one.sent_at],
        watches=[(one, Moment(one.until_at, request.at)) for one in found.watches],
    )


def _sought(package: Any) -> str:
    said = []
    if package.sought_kind:
        said.append(words.kind_name(package.sought_kind))
    if package.sought_minor is not None:
        said.append(str(written(package.sought_minor, package.currency)) + f" {package.currency}")
    return ", ".join(said) or package.case.remedy_sought


def fair_view(case: Any, fair: Any, missing: Any, *, may_add: bool, has_order: bool = False) -> FairView:
    """Return the fairness of a case as it is drawn."""
    new = reverse("remedy-line-new", args=[case.ref])
    share = reverse("remedy-refunds", args=[case.ref])
    owed = [
        OwedRow(
            key=one.key,
            name=one.name,
            why=f"{_('law') if one.duty == 'law' else _('contract')}: {one.source}",
            amount=words.amount(one.minor, fair.currency),
            missing=words.amount(missing[one.key], fair.currency) if one.key in missing else None,
            missing_minor=missing.get(one.key, 0),
            href=_give(new, one, missing) if may_add and one.key in missing else "",
            share_href=share if may_add and has_order and one.key in missing and "refund" in one.satisfied_by else "",
        )
        for one in fair.owed
    ]
    harms = [
        HarmRow(
            row.name,
            words.amount(row.claimed, fair.currency),
            words.amount(row.counted, fair.currency),
            say(row.why) if row.why else "",
            _make_good(new, row) if may_add and row.counted else "",
        )
        for row in fair.harms
    ]
    return FairView(
        owed=owed,
        harms=harms,
        loss=words.amount(fair.loss, fair.currency),
        goodwill=words.amount(fair.goodwill, fair.currency),
        explain=[say(one) for one in fair.explain],
    )


def _give(new: str, one: Any, missing: Any) -> str:
    return f"{new}?part=entitlement&rule={one.key}&kind={one.satisfied_by[0]}&minor={missing[one.key]}"


def _make_good(new: str, row: Any) -> str:
    kind = LineKind.CONSEQUENTIAL_LOSS if row.is_consequential else LineKind.REFUND
    return f"{new}?part=whole&rule={row.key}&kind={kind.value}&minor={row.counted}"


def _adding(case: Any) -> list[Button]:
    new = reverse("remedy-line-new", args=[case.ref])
    kinds = {
        "goodwill": _("Goodwill"), "apology": _("Apology"), "monitoring": _("Monitoring"),
        "expedited_shipping": _("Faster shipping"), "service_restoration": _("Service restored"),
    }  # fmt: skip
    return [
        Button(name, href=f"{new}?part={'goodwill' if kind == 'goodwill' else 'beside'}&kind={kind}", icon="plus",
               is_small=True, is_verb=True, key="g w" if kind == "goodwill" else "")
        for kind, name in kinds.items()
    ]  # fmt: skip


def _offer(case: Any, found: Board) -> Button | None:
    if found.why_not:
        return None
    reason = "" if found.offerable else _("No line is approved and waits to be offered.")
    href = "" if reason else reverse("remedy-offer", args=[case.ref])
    return Button(_("Offer to the customer"), href=href, kind="primary", icon="send", reason=reason, is_verb=True)


def _line(request: DeskRequest, case: Any, one: LineView) -> LineRow:
    line = one.line
    return LineRow(
        number=line.number,
        version=line.version,
        kind=words.kind_name(line.kind),
        part=Chip(words.part_name(line.part)),
        state=words.state_chip(line.state),
        shown=one.shown,
        amount=words.amount(line.amount_minor, line.currency) if line.amount_minor else None,
        delivery=list(_delivery(one)),
        answer=_answer(one),
        buttons=_buttons(request, case, one),
        can_confirm=not one.moves.get("confirm", "no"),
        confirm_href=reverse("remedy-line-act", args=[case.ref, line.number, "confirm"]),
        is_failed=line.state == "failed",
    )


def _delivery(one: LineView) -> Sequence[str]:
    line = one.line
    said = [words.execution_name(line.execution)]
    if one.attempt is not None:
        said.append(words.attempt_said(one.attempt))
    if line.state == "failed":
        said.append(words.fault_name(line.fault))
    if line.reference:
        said.append(_("reference %(reference)s") % {"reference": line.reference})
    if line.excess_minor:
        over = f"{written(line.excess_minor, line.currency)} {line.currency}"
        said.append(_("%(over)s beyond the band: another person decides") % {"over": over})
    if hasattr(line, "replaced_by"):
        said.append(_("made good by line %(number)d") % {"number": line.replaced_by.number})
    return said


def _answer(one: LineView) -> str:
    if not one.answer:
        return ""
    said = {"accept": _("accepted"), "decline": _("declined"), "counter": _("wants otherwise")}[one.answer]
    if one.wanted_minor is not None:
        said += f": {written(one.wanted_minor, one.line.currency)} {one.line.currency}"
    return f"{said} “{one.answer_words}”" if one.answer_words else said


def _buttons(request: DeskRequest, case: Any, one: LineView) -> list[Button]:
    """Return what the viewer may do with a line; moves that others make are left out."""
    labels = {
        "propose": _("Ask for approval"), "execute": _("Carry out"), "edit": _("Change"), "withdraw": _("Take out"),
        "replace": _("Make good otherwise"), "give_up": _("Could not be done"),
    }  # fmt: skip
    icons = {"propose": "gavel", "execute": "arrow-right", "edit": "pencil", "withdraw": "x", "replace": "undo-2"}
    found = []
    for name, label in labels.items():
        if one.moves.get(name, "no"):
            continue
        href = reverse("remedy-line-act", args=[case.ref, one.line.number, name])
        kind = "primary" if name in {"propose", "execute"} else "quiet"
        if name in POSTED:
            found.append(Button(label, kind=kind, icon=icons.get(name, ""), is_small=True, is_verb=name == "propose",
                                form=f"line-{one.line.number}", attrs={"formaction": href}))  # fmt: skip
        else:
            found.append(Button(label, href=href, kind=kind, icon=icons.get(name, ""), is_small=True))
    return found


def _peers(found: Board) -> PeersView:
    likes = found.likes
    stat = Stat(
        _("What like cases got of their loss, the middle four in five"),
        "" if likes.is_few else f"{words.percent(likes.low or 0)} – {words.percent(likes.high or 0)}",
        note=_("%(count)d like cases") % {"count": len(likes.peers)},
        is_few=likes.is_few,
    )
    currency = found.package.currency if found.package else ""
    rows = [(one.ref, words.percent(one.share), words.amount(one.loss_minor, currency)) for one in found.like_views]
    return PeersView(stat, words.percent(found.share), likes.is_outside(found.share), rows)


def _authority(found: Board) -> list[AuthorityRow]:
    """Return what one may still decide alone, kinds with the same sum together."""
    if found.authority is None:
        return []
    by_sum: dict[int, list[str]] = {}
    for row in found.authority.rows:
        if row.kind not in {LineKind.APOLOGY, LineKind.MONITORING}:
            by_sum.setdefault(row.most, []).append(words.kind_name(row.kind))
    return [
        AuthorityRow(", ".join(kinds), words.amount(most, found.authority.currency))
        for most, kinds in sorted(by_sum.items(), reverse=True)
    ]


@screen(*POST, needs=Permission.REMEDY_OFFER)
def recall(request: DeskRequest, ref: str, number: int) -> HttpResponse:
    """Take an offer back."""
    actions.recall(ref, number, note=text(request, "note"), by=request.actor, at=request.at)
    toasts.say(request, Toast(_("The offer is taken back.")))
    return done(request, "remedy", ref)


@screen(*POST, needs=Permission.REMEDY_PROPOSE)
def refunds(request: DeskRequest, ref: str) -> HttpResponse:
    """Share what is missing of an entitlement over the payments of the order."""
    actions.add_refunds(
        ref, part=Part.ENTITLEMENT, rule=text(request, "rule"),
        amount_minor=whole_number(request, "minor") or 0, by=request.actor, at=request.at,
    )  # fmt: skip
    toasts.say(request, Toast(_("Shared over the payments of the order.")))
    return done(request, "remedy", ref)
