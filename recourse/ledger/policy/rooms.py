"""How much of a captured payment can still be paid back, and which of the shop's own refunds took from which charge."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShopLine:
    """One payment of an order as the shop tells it: by position, a charge or a refund, on one means of payment."""

    position: int
    is_charge: bool
    means: tuple[str, str]
    amount: int


def refunded_by_shop(lines: Sequence[ShopLine]) -> dict[int, int]:
    """Return by the position of each charge how much the shop itself paid back of it.

    A refund takes from charges on the same means of payment first, the earliest first, then from any other.
    """
    charges = [line for line in lines if line.is_charge]
    left = {line.position: line.amount for line in charges}
    for refund in (line for line in lines if not line.is_charge):
        due = refund.amount
        for charge in sorted(charges, key=lambda charge: (charge.means != refund.means, charge.position)):
            taken = min(due, left[charge.position])
            left[charge.position] -= taken
            due -= taken
    return {line.position: line.amount - left[line.position] for line in charges}


def counted_elsewhere(*, at_first: int, now: int, ours: int) -> int:
    """Return how much was paid back past us, whether or not the shop lists what we paid back ourselves."""
    return max(at_first, now - ours)
