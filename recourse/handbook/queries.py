"""Questions about the company's rules: which hold, what differs, what would come out differently."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from recourse.handbook.models import Edition
from recourse.handbook.policy.consequences import Evaluator, Outcome, WhatWouldChange
from recourse.handbook.policy.differences import Change, diff
from recourse.handbook.policy.lifecycle import (
    MOVES,
    REFUSALS,
    State,
    refused_move,
    refused_publisher,
)
from recourse.handbook.policy.rules import Rules
from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible, Refused
from recourse.people.models import Role, Staff, Team
from recourse.people.policy import Permission

LOOKED_BACK = dt.timedelta(days=90)
ROWS_SHOWN = 200
NUMBER_LIMIT = 2**31 - 1
_evaluators: dict[str, Evaluator] = {}


def plug_evaluators(**evaluators: Evaluator) -> None:
    """Set who answers what another handbook would have decided; called once, at start."""
    _evaluators.clear()
    _evaluators.update(evaluators)


def edition_at(at: dt.datetime) -> Edition:
    """Return the published edition that holds at an instant (one indexed query; its rules are kept in memory).

    Before the first edition took effect, the first holds. Refused where none is published yet. A transaction asks
    once for each instant.
    """
    asked = _asked()
    if at not in asked:
        asked[at] = _edition_at(at)
    return asked[at]


def _asked() -> dict[dt.datetime | int, Edition]:
    """Return what the running transaction has asked already; outside of one, nothing is kept."""
    if not connection.atomic_blocks:
        return {}
    outermost = connection.atomic_blocks[0]
    kept: dict[dt.datetime | int, Edition] = outermost.__dict__.setdefault("editions_asked", {})
    return kept


def forget_asked() -> None:
    """Ask anew: an edition was published in this transaction."""
    _asked().clear()


def _edition_at(at: dt.datetime) -> Edition:
    published = Edition.objects.published().defer("content")
    found = published.filter(effective_at__lte=at).first() or published.last()
    if found is None:
        raise Refused("handbook.no_edition", _(REFUSALS["handbook.no_edition"]))
    return found


def edition_numbered(number: int) -> Edition:
    """Return a published edition by its number; NotVisible where there is none. A transaction asks once for each."""
    asked = _asked()
    if number not in asked:
        rows = Edition.objects.published().select_related("author", "publisher")
        found = rows.filter(number=number).first() if 0 < number <= NUMBER_LIMIT else None
        if found is None:
            raise NotVisible
        asked[number] = found
    return asked[number]


def latest() -> Edition | None:
    """Return the edition published last, whether it holds already or not."""
    return Edition.objects.published().first()


def open_draft() -> Edition | None:
    """Return the draft or proposal that is being worked on."""
    return Edition.objects.open().select_related("author", "base").first()


def edition(edition_id: UUID, *, viewer: Actor) -> Edition:
    """Return one edition, whatever its state; NotVisible where there is none."""
    viewer.require(Permission.HANDBOOK_READ)
    found = Edition.objects.select_related("author", "publisher", "base").filter(pk=edition_id).first()
    if found is None:
        raise NotVisible
    return found


def history(*, viewer: Actor) -> Sequence[Edition]:
    """Return every edition that was published, newest first, then what was discarded."""
    viewer.require(Permission.HANDBOOK_READ)
    rows = Edition.objects.select_related("author", "publisher", "base").defer("content")
    published = rows.published()
    discarded = rows.filter(state=State.DISCARDED).order_by("-created_at")
    return [*published, *discarded]


def differences(old: Edition, new: Edition) -> tuple[Change, ...]:
    """Return what a newer edition says differently, in words of the viewer's language."""
    return diff(old.rules, new.rules, _)


def what_would_change(old: Rules, new: Rules, *, viewer: Actor, at: dt.datetime) -> WhatWouldChange:
    """Return the decisions of the last 90 days and on open cases that would come out differently."""
    viewer.require(Permission.HANDBOOK_READ)
    since = at - LOOKED_BACK
    outcomes = tuple(
        Outcome(name, evaluate(old=old, new=new, since=since, at=at, viewer=viewer, limit=ROWS_SHOWN))
        for name, evaluate in _evaluators.items()
    )
    return WhatWouldChange(since=since, at=at, outcomes=outcomes)


@dataclass(frozen=True, slots=True)
class AllowedMove:
    """A move of an edition, and why it is not open to the viewer, if it is not."""

    name: str
    refusal: str
    sentence: str

    @property
    def is_allowed(self) -> bool:
        """Tell whether the viewer may make it now."""
        return not self.refusal


def allowed_moves(edition: Edition, *, viewer: Actor) -> list[AllowedMove]:
    """Return every move with the reason where it is refused, as the verbs would refuse it."""
    moves = []
    for move in MOVES:
        code = refused_move(move.name, edition.state)
        if code is None and move.name == "publish":
            code = refused_publisher(persons_behind(viewer), persons_at_work(edition))
        if not viewer.can(move.permission):
            sentence = _("This needs the right “%(permission)s”.") % {"permission": move.permission}
            moves.append(AllowedMove(move.name, "permission.missing", sentence))
        else:
            moves.append(AllowedMove(move.name, code or "", _(REFUSALS[code]) if code else ""))
    return moves


def persons_behind(actor: Actor) -> frozenset[UUID]:
    """Return the persons who act: the one signed in and the one on whose behalf, whatever their accounts."""
    accounts = [account for account in (actor.staff_id, actor.on_behalf_of) if account is not None]
    return frozenset(Staff.objects.filter(pk__in=accounts).values_list("person_id", flat=True))


def persons_at_work(edition: Edition) -> frozenset[UUID]:
    """Return the persons who wrote or edited an edition."""
    edited = set(edition.editors.values_list("person_id", flat=True))
    return frozenset(edited | ({edition.author_person_id} if edition.author_person_id else set()))


def unknown_names(rules: Rules) -> dict[str, list[str]]:
    """Return, by path, the teams and roles that the rules name and the company does not have."""
    teams = set(Team.objects.filter(is_active=True).values_list("slug", flat=True))
    roles = set(Role.objects.values_list("name", flat=True))
    problems: dict[str, list[str]] = {}
    for rule in rules.escalation.tiers:
        path = f"escalation.tiers[{rule.tier}]"
        if rule.team not in teams:
            problems[f"{path}.team"] = [_("There is no team “%(slug)s”.") % {"slug": rule.team}]
        missing = [role for role in rule.required_roles if role not in roles]
        if missing:
            said = _("There is no role “%(name)s”.")
            problems[f"{path}.required_roles"] = [said % {"name": role} for role in missing]
    return problems
