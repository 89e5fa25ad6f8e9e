"""What the customer asked for beside what they get."""

from collections.abc import Iterable

from recourse.remedies.policy.fairness import Given
from recourse.remedies.policy.words import GIVEN, Outcome


def compared(kind: str, minor: int | None, lines: Iterable[Given]) -> Outcome:
    """Return how the lines that were offered or given stand to what was asked for: a kind, an amount, or both."""
    given = [line for line in lines if line.state in GIVEN]
    if not kind and minor is None:
        return Outcome.NOT_SAID
    if not given:
        return Outcome.NOTHING
    if kind and all(line.kind != kind for line in given):
        return Outcome.OTHERWISE
    total = sum(line.minor for line in given)
    if minor is None or total == minor:
        return Outcome.AS_ASKED
    return Outcome.LESS if total < minor else Outcome.MORE
