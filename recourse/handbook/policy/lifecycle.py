"""The life of an edition: its states, its moves, and who may not publish."""

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from enum import StrEnum

from recourse.handbook.policy.rules import Rules
from recourse.handbook.policy.sentences import gettext_noop


class State(StrEnum):
    """Where an edition stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    DISCARDED = "discarded"


OPEN = (State.DRAFT, State.PROPOSED)


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the move table."""

    name: str
    from_states: tuple[State, ...]
    to_state: State
    permission: str
    event: str


MOVES = (
    Move("edit", (State.DRAFT,), State.DRAFT, "handbook:edit", "handbook.edited"),
    Move("propose", (State.DRAFT,), State.PROPOSED, "handbook:edit", "handbook.proposed"),
    Move("take_back", (State.PROPOSED,), State.DRAFT, "handbook:edit", "handbook.taken_back"),
    Move("publish", (State.PROPOSED,), State.PUBLISHED, "handbook:publish", "handbook.published"),
    Move("discard", OPEN, State.DISCARDED, "handbook:edit", "handbook.discarded"),
)
MOVES_BY_NAME = {move.name: move for move in MOVES}

REFUSALS: dict[str, str] = {
    "handbook.edit": gettext_noop("Only a draft can be edited; take the proposal back first."),
    "handbook.propose": gettext_noop("Only a draft can be proposed."),
    "handbook.take_back": gettext_noop("Only a proposal can be taken back."),
    "handbook.publish": gettext_noop("Only a proposal can be published; its author proposes it first."),
    "handbook.discard": gettext_noop("A published edition stays; only a draft or a proposal can be discarded."),
    "handbook.second_person": gettext_noop("You worked on this edition; somebody else must publish it."),
    "handbook.unchanged": gettext_noop("This says the same as the edition before it."),
    "handbook.draft_open": gettext_noop("A draft is open already; work in it, or discard it first."),
    "handbook.needs_person": gettext_noop("Only a person can change the handbook."),
    "handbook.no_edition": gettext_noop("No edition of the handbook is published yet."),
}


def refused_move(name: str, state: str) -> str | None:
    """Return the code of the refusal when an edition in this state cannot make the move, else None."""
    return None if state in MOVES_BY_NAME[name].from_states else f"handbook.{name}"


def refused_publisher(persons: Collection[Hashable], worked_on_it: Collection[Hashable]) -> str | None:
    """Return the code of the refusal when one of the acting persons wrote or edited the edition, else None."""
    return "handbook.second_person" if set(persons) & set(worked_on_it) else None


def raise_calendar_versions(rules: Rules, base: Rules) -> Rules:
    """Return the rules with a higher version on every calendar that differs from the base's of the same key."""
    before = {calendar.key: calendar for calendar in base.calendars}
    raised = []
    for calendar in rules.calendars:
        old = before.get(calendar.key)
        is_same = old is None or calendar.model_copy(update={"version": old.version}) == old
        version = calendar.version if old is None else old.version if is_same else old.version + 1
        raised.append(calendar.model_copy(update={"version": version}))
    return rules.model_copy(update={"calendars": tuple(raised)})
