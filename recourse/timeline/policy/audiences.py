"""Who may be shown which entry of a thread that they may see at all."""

from collections.abc import Set
from enum import StrEnum

ADVANCED_RIGHTS = frozenset({"escalation:work", "escalation:gate", "escalation:override", "team:lead", "record:read"})
RESTRICTED_RIGHTS = frozenset({"case:read_restricted"})


class Audience(StrEnum):
    """Who may be shown an entry, from the widest to the narrowest."""

    CUSTOMER = "customer"
    DESK = "desk"
    ADVANCED = "advanced"
    RESTRICTED = "restricted"


def audiences_for(
    *, is_customer: bool, is_system: bool, rights: Set[str], is_named_reader: bool = False
) -> frozenset[Audience]:
    """Return the audiences that somebody belongs to.

    A customer sees the customer's entries alone. Staff see those and the desk's; the advanced ones with a right over
    escalations or over the record; the restricted ones with the right to restricted cases or as a named reader.
    """
    if is_customer:
        return frozenset({Audience.CUSTOMER})
    if is_system:
        return frozenset(Audience)
    found = {Audience.CUSTOMER, Audience.DESK}
    if rights & ADVANCED_RIGHTS or is_named_reader:
        found.add(Audience.ADVANCED)
    if rights & RESTRICTED_RIGHTS or is_named_reader:
        found.add(Audience.RESTRICTED)
    return frozenset(found)
