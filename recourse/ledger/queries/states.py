"""How far the money of matters has come."""

from recourse.kit.money import Money
from recourse.ledger.models import Posting, Standing


def standing_of(matter: str, account: str) -> Money | None:
    """Return what a matter has waiting in a clearing account, or None where it has nothing there."""
    rows = Standing.objects.filter(matter=matter, account_id=account).exclude(minor=0)
    found = rows.first()
    return Money(-found.minor, found.currency) if found is not None else None


def unreversed(matter: str) -> list[Posting]:
    """Return the postings of a matter that stand, oldest first."""
    rows = Posting.objects.filter(matter=matter, reverses__isnull=True, reversal__isnull=True)
    return list(rows.order_by("id"))
