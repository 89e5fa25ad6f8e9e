"""Questions at the door."""

from recourse.intake.queries.lists import (
    calls_of,
    import_run,
    imports,
    proposed,
    quarantined,
    refusal,
    refusals_of,
    submission,
    submission_of,
)
from recourse.intake.queries.matching import duplicates_of, front_door

__all__ = [
    "calls_of",
    "duplicates_of",
    "front_door",
    "import_run",
    "imports",
    "proposed",
    "quarantined",
    "refusal",
    "refusals_of",
    "submission",
    "submission_of",
]
