"""Who is named on a case: the owner works on it, the contact owner speaks with the customer."""

from uuid import UUID

from recourse.handbook.policy.shape import Tier


def contact_after(tier: Tier, contact: UUID | None, owner: UUID) -> UUID:
    """Return who speaks with the customer once somebody owns the case.

    On the front line the contact goes with the ownership. Above it the one person whom the customer knows stays
    through all hand-offs, and is changed by name only.
    """
    return owner if contact is None or tier is Tier.FRONT_LINE else contact
