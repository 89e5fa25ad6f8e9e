"""Who is asked: up the ladder until somebody's limit covers the sum, past everybody with a part in the matter."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, product
from uuid import UUID

from recourse.approvals.policy.limits import About, Caps, Sums, beyond, caps_of, lesser, levels_of
from recourse.approvals.policy.parties import Parties, excluded, may_act_for
from recourse.approvals.policy.words import Said
from recourse.handbook.policy.authority import ApprovalRoute, Authority
from recourse.handbook.policy.rules import Rules
from recourse.people.policy import Period

NO_LEVEL = -1
PLACINGS = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """One account that may be asked; `load` is how much it is asked already."""

    staff_id: UUID
    person: UUID
    roles: frozenset[str]
    is_active: bool = True
    is_present: bool = True
    may_decide: bool = True
    shares_team: bool = False
    load: int = 0


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who works here, and who acts for whom."""

    colleagues: tuple[Colleague, ...] = ()
    delegations: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What is to be decided, under the rules of its asking and those of now: the stricter of both count."""

    about: About
    sums: Sums
    parties: Parties
    route: ApprovalRoute
    asked_under: Rules
    now: Rules
    asked_at: dt.datetime
    at: dt.datetime

    @property
    def authority(self) -> Authority:
        """Return the part of the handbook under which it was asked: ladder, route, numbers of people."""
        return self.asked_under.authority


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """The standing of one account toward one matter, for itself or for another whose delegate it is."""

    colleague: Colleague
    on_behalf_of: Colleague | None
    caps: Caps
    covers: bool
    levels: tuple[int, ...]
    signs_as: frozenset[str]

    @property
    def person(self) -> UUID:
        """Return the human who sits there."""
        return self.colleague.person

    @property
    def counts(self) -> bool:
        """Tell whether a yes from here can count: by a limit that covers, or a role that must sign."""
        return self.covers or bool(self.signs_as)


@dataclass(frozen=True, slots=True)
class Given:
    """A yes that was given: by which human, whether their limit covered it, with which roles."""

    person: UUID
    covers: bool
    signs_as: frozenset[str]


@dataclass(frozen=True, slots=True)
class Routing:
    """Who is asked, and from which step of the ladder the limit comes."""

    level: int
    seats: tuple[Seat, ...]


def seat(
    colleague: Colleague, matter: Matter, organisation: Organisation, giver: Colleague | None = None
) -> Seat | Said:
    """Return the seat of an account at a matter, for itself or for `giver`; or why it has none.

    Checked in order: works here and may decide; no part in the matter, for either; the delegation; a step of the
    ladder or a role that must sign. Under a delegation the limit is the lesser of both.
    """
    acting = colleague if giver is None else giver
    for one in {colleague, acting}:
        if not (one.is_active and one.may_decide):
            return Said("approval.permission", {"permission": "approval:decide"})
    for one in dict.fromkeys((colleague, acting)):
        said = excluded(
            one.person, matter.parties, organisation.delegations, since=matter.asked_at, until=matter.at
        )  # fmt: skip
        if said is not None:
            return said
    if giver is not None:
        said = may_act_for(colleague.person, giver.person, organisation.delegations, at=matter.at)
        if said is not None:
            return said
    return _seated(colleague, giver, acting, matter)


def _seated(colleague: Colleague, giver: Colleague | None, acting: Colleague, matter: Matter) -> Seat | Said:
    caps = reach(acting, matter)
    if giver is not None:
        caps = lesser(caps, reach(colleague, matter))
    levels = levels_of(matter.authority, acting.roles)
    signs_as = acting.roles & frozenset(matter.route.required_roles)
    if not levels and not signs_as:
        return Said("approval.no_seat", {"roles": ", ".join(_roles(matter))})
    covers = bool(levels) and beyond(caps, matter.sums) is None
    return Seat(colleague=colleague, on_behalf_of=giver, caps=caps, covers=covers, levels=levels, signs_as=signs_as)


def _roles(matter: Matter) -> list[str]:
    named = [role for level in matter.authority.levels for role in level.roles]
    return list(dict.fromkeys((*named, *matter.route.required_roles)))


def reach(colleague: Colleague, matter: Matter) -> Caps:
    """Return how far somebody's own authority reaches: what the rules of the asking and those of now both allow."""
    then = caps_of(matter.asked_under, matter.about, person=colleague.person, roles=colleague.roles)
    if matter.now is matter.asked_under:
        return then
    return lesser(then, caps_of(matter.now, matter.about, person=colleague.person, roles=colleague.roles))


def seats(matter: Matter, organisation: Organisation) -> list[Seat]:
    """Return every seat that counts, of those who are there: the lower step first; a human may have several."""
    found: list[Seat] = []
    by_person: dict[UUID, list[Colleague]] = {}
    for one in organisation.colleagues:
        by_person.setdefault(one.person, []).append(one)
    for colleague in organisation.colleagues:
        if not colleague.is_present:
            continue
        givers = [
            giver
            for held in organisation.delegations
            if held.receiver == colleague.person
            for giver in by_person.get(held.giver, ())
        ]
        for giver in (None, *givers):
            taken = seat(colleague, matter, organisation, giver)
            if isinstance(taken, Seat) and taken.counts:
                found.append(taken)
    return sorted(found, key=_order)


def _order(one: Seat) -> tuple[object, ...]:
    lowest = min(one.levels, default=len(one.levels))
    return lowest, not one.colleague.shares_team, one.colleague.load, str(one.colleague.staff_id)


def is_complete(given: Iterable[Given], route: ApprovalRoute) -> bool:
    """Tell whether enough different people said yes, one with a limit that covers, and every role among them."""
    said = list(given)
    roles = frozenset[str]().union(*(one.signs_as for one in said))
    is_signed = roles >= set(route.required_roles)
    return len({one.person for one in said}) >= route.approvers and any(one.covers for one in said) and is_signed


def who_must_decide(
    matter: Matter, organisation: Organisation, *, given: Sequence[Given] = (), above: int = NO_LEVEL
) -> Routing | None:
    """Return who is asked next: the lowest step above `above` from which the matter can be completed; None for none.

    Nobody is skipped into an automatic yes: where everybody on a step is excluded, absent or short of the sum, the
    next step up is asked.
    """
    done = {one.person for one in given}
    free = [one for one in seats(matter, organisation) if one.person not in done]
    start = max(_first_level(matter), above + 1)
    for level in range(start, len(matter.authority.levels)):
        pool = [one for one in free if one.signs_as or (one.covers and _stands(one, start, level))]
        placed = _placed(pool, matter.route, given)
        if placed is not None:
            return Routing(level, _chosen(placed, matter.route, given))
    return None


def _placed(pool: Sequence[Seat], route: ApprovalRoute, given: Sequence[Given]) -> list[Seat] | None:
    """Place each human on one of their seats, so that together they complete the matter; None where they cannot.

    The widest seat of each is tried first, then other placings of those who have several.
    """
    by_person: dict[UUID, list[Seat]] = {}
    for one in pool:
        by_person.setdefault(one.person, []).append(one)
    ways = [sorted(held, key=lambda one: (not one.covers, -len(one.signs_as))) for held in by_person.values()]
    for placing in islice(product(*ways), PLACINGS):
        if is_complete([*given, *map(as_given, placing)], route):
            return sorted(placing, key=_order)
    return None


def _first_level(matter: Matter) -> int:
    keys = [level.key for level in matter.authority.levels]
    return keys.index(matter.route.first_level) if matter.route.first_level in keys else 0


def _stands(one: Seat, start: int, level: int) -> bool:
    return any(start <= held <= level for held in one.levels)


def as_given(one: Seat) -> Given:
    """Return what a yes from a seat would count as."""
    return Given(one.person, one.covers, one.signs_as)


def _chosen(pool: Sequence[Seat], route: ApprovalRoute, given: Sequence[Given]) -> tuple[Seat, ...]:
    """Choose whom to ask: somebody for each role that must sign, somebody with a limit, then up to the number asked.

    More than that number are asked only where fewer could not complete it.
    """
    signed = frozenset[str]().union(*(one.signs_as for one in given))
    chosen: list[Seat] = []
    for role in route.required_roles:
        if role not in signed:
            chosen += [one for one in pool if role in one.signs_as][:1]
    if not any(held.covers for held in given) and not any(one.covers for one in chosen):
        chosen += [one for one in pool if one.covers][:1]
    people = list({one.person: one for one in (*chosen, *pool)}.values())
    for size in range(min(route.asked_at_once, len(people)), len(people) + 1):
        if is_complete([*given, *map(as_given, people[:size])], route):
            return tuple(people[:size])
    raise AssertionError("a pool that completes the matter was not enough")


def may_approve(one: Seat, matter: Matter, given: Sequence[Given]) -> Said | None:
    """Return why a yes from a seat does not count now, or None."""
    if one.person in {held.person for held in given}:
        return Said("approval.twice")
    signed = frozenset[str]().union(*(held.signs_as for held in given))
    if one.covers or one.signs_as - signed:
        return None
    what = beyond(one.caps, matter.sums) or "line"
    limits = {"line": one.caps.per_line, "customer": one.caps.per_customer}
    facts = {"what": what, "needed": getattr(matter.sums, what), "limit": limits.get(what, one.caps.per_case)}
    return Said("approval.limit", {**facts, "currency": matter.asked_under.currency})
