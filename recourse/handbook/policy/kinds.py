"""The kinds of line that a remedy is made of; sections of the handbook name them."""

from enum import StrEnum


class LineKind(StrEnum):
    """What one line of a package gives."""

    REFUND = "refund"
    STORE_CREDIT = "store_credit"
    REPLACEMENT = "replacement"
    EXPEDITED_SHIPPING = "expedited_shipping"
    SERVICE_RESTORATION = "service_restoration"
    CONSEQUENTIAL_LOSS = "consequential_loss"
    FEE_WAIVER = "fee_waiver"
    APOLOGY = "apology"
    MONITORING = "monitoring"
    GOODWILL = "goodwill"
