"""How often things are tried: at the count of CI, or of the soak where RECOURSE_SOAK is 1."""

import os

IS_SOAK = os.environ.get("RECOURSE_SOAK") == "1"


def many(ci: int, soak: int) -> int:
    """Return how often."""
    return soak if IS_SOAK else ci
