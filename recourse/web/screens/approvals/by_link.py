"""Deciding by a link of one use, without a seat at the desk; only a posted form decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpResponse

from recourse.approvals import actions, queries
from recourse.kit.errors import Invalid, Refused
from recourse.web.door import GET, POST, DeskRequest, public, show, text
from recourse.web.parts import Money
from recourse.web.screens.approvals.words import VERDICTS, amount_of, flags_of, href_of, kind_of, terms_of


@dataclass(frozen=True)
class LinkPage:
    """What the holder of a link decides, and nothing else of the desk."""

    found: Any
    who: str
    amount: Money
    kind: str
    reason: str
    terms: Sequence[tuple[str, str]]
    flags: Sequence[str]
    sign_in: str
    refused: str = ""
    done: str = ""


@public(*GET, *POST)
def by_link(request: DeskRequest, token: str) -> HttpResponse:
    """Show the frozen terms to the one person whom a link was made for, and take their decision."""
    link = queries.open_link(token, at=request.at)
    if link is None:
        return show(request, "approvals/link_dead.html", None, status=404)
    refused = verdict = ""
    status = 200
    if request.method == "POST":
        try:
            with transaction.atomic():
                actions.decide_by_link(
                    token, verdict=text(request, "verdict"), terms_hash=text(request, "terms_hash"),
                    note=text(request, "note"), at=request.at,
                )  # fmt: skip
            verdict = str(VERDICTS[text(request, "verdict")])
        except Invalid as invalid:
            refused, status = "; ".join(one for said in invalid.fields.values() for one in said), 422
        except Refused as error:
            refused, status = error.sentence, 403 if error.is_permission else 409
    return show(request, "approvals/link.html", _page(link, refused=refused, done=verdict), status=status)


def _page(link: Any, *, refused: str, done: str) -> LinkPage:
    found = link.approval
    return LinkPage(
        found=found,
        who=link.staff.name,
        amount=amount_of(found),
        kind=kind_of(found),
        reason=queries.reason_of(found),
        terms=terms_of(found),
        flags=flags_of(found),
        sign_in=href_of(found),
        refused=refused,
        done=done,
    )
