"""The plugs of the switchboard: who reacts to which event, now or after the commit. `config` fills them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from recourse.kit.actor import Actor
from recourse.timeline.events import Event


@dataclass(frozen=True, slots=True)
class Happened:
    """What a reaction is told beside the event itself."""

    position: int
    thread_id: UUID
    by: Actor
    at: dt.datetime
    edition: int | None
    note: str


Carrier = Callable[[int, str, dt.datetime], bool]


@dataclass(frozen=True, slots=True)
class Reaction:
    """One line of the switchboard: the event classes, the name of the reaction, the function.

    The function runs in a transaction: of the verb (now), or of its own, in which it is marked as done (later): its
    effect comes once. One that leaves the machine, such as a mail, is marked `is_outside`: it runs outside of any
    transaction, under a lease, and may come twice. `act_many` is asked instead of `act` where many things happen at
    once, with all of them in order, after every other reaction to them.
    """

    name: str
    to: tuple[type[Event], ...]
    act: Callable[[Any, Happened], object]
    is_outside: bool = False
    act_many: Callable[[Sequence[tuple[Any, Happened]]], object] | None = None


_now: dict[str, list[Reaction]] = defaultdict(list)
_later: dict[str, list[Reaction]] = defaultdict(list)
_by_name: dict[str, Reaction] = {}
_subscribers: list[Callable[[str], Sequence[str]]] = []
_carriers: dict[str, Carrier] = {}


def plug(*, now: Sequence[Reaction], later: Sequence[Reaction]) -> None:
    """Set the switchboard; called once, at start."""
    _now.clear()
    _later.clear()
    _by_name.clear()
    for table, reactions in ((_now, now), (_later, later)):
        for reaction in reactions:
            if reaction.name in _by_name:
                raise TypeError(f"two reactions are called {reaction.name}")
            _by_name[reaction.name] = reaction
            for cls in reaction.to:
                table[cls.name].append(reaction)


def plug_subscribers(prefix: str, names: Callable[[str], Sequence[str]], carry: Carrier) -> None:
    """Add a source of further deliveries that leave the machine, such as webhooks.

    `names(event_name)` returns delivery names `prefix:key`. `carry(position, key, at)` performs one, outside of any
    transaction and perhaps more than once; it returns False where it is no longer wanted.
    """
    _subscribers[:] = [source for source in _subscribers if source is not names] + [names]
    _carriers[prefix] = carry


def reactions_now(name: str) -> Sequence[Reaction]:
    """Return who reacts within the transaction."""
    return _now.get(name, ())


def deliveries_for(name: str) -> list[str]:
    """Return the names of the reactions to deliver after the commit."""
    found = [reaction.name for reaction in _later.get(name, ())]
    for subscriber in _subscribers:
        found.extend(subscriber(name))
    return found


def reaction(name: str) -> Reaction | None:
    """Return the reaction of that name."""
    return _by_name.get(name)


def carrier(name: str) -> Carrier | None:
    """Return what performs the delivery of that name, where it is one that leaves the machine."""
    return _carriers.get(name.partition(":")[0])


def is_outside(name: str) -> bool:
    """Tell whether a delivery leaves the machine, and so runs outside of a transaction."""
    return ":" in name or (name in _by_name and _by_name[name].is_outside)
