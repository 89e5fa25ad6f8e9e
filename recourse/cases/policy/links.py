"""What links between cases mean, and which would go in a circle."""

from collections.abc import Hashable, Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


class LinkKind(StrEnum):
    """What one case is to another; read “source … target”.

    `duplicate_of`: one target at most; proposes a merge. `caused_by`: the target is the cause.
    `blocks`: the target cannot be resolved while the source is open. `part_of`: one target at most; the target
    cannot be closed while the source is open. `related`: no direction.
    """

    DUPLICATE_OF = "duplicate_of"
    CAUSED_BY = "caused_by"
    BLOCKS = "blocks"
    PART_OF = "part_of"
    RELATED = "related"

    @property
    def has_direction(self) -> bool:
        """Whether source and target differ, so that a circle would be nonsense."""
        return self is not LinkKind.RELATED

    @property
    def is_single(self) -> bool:
        """Whether a case has at most one target of this kind."""
        return self in {LinkKind.DUPLICATE_OF, LinkKind.PART_OF}

    @property
    def binds_target(self) -> bool:
        """Whether it keeps the target from moving on."""
        return self in {LinkKind.BLOCKS, LinkKind.PART_OF}


def reaches(start: K, goal: K, following: Mapping[K, Iterable[K]]) -> bool:
    """Tell whether a walk along `following` leads from `start` to `goal`."""
    seen: set[K] = set()
    ahead = [start]
    while ahead:
        here = ahead.pop()
        if here == goal:
            return True
        if here not in seen:
            seen.add(here)
            ahead.extend(following.get(here, ()))
    return False
