"""The providers that money goes out through, by the name that the handbook routes to; configured by the environment."""

from django.conf import settings

from recourse.ledger.providers.card import Card
from recourse.ledger.providers.port import ForgedError, Listed, Order, Provider, Report

MANUAL = "manual"
__all__ = ["MANUAL", "ForgedError", "Listed", "Order", "Provider", "Report", "configured", "is_configured", "provider"]


def configured() -> list[str]:
    """Return the names of the providers that the environment gives a key for."""
    return sorted(settings.PAYMENT_PROVIDERS)


def is_configured(name: str) -> bool:
    """Tell whether payments can go out through a provider."""
    return name in settings.PAYMENT_PROVIDERS


def provider(name: str) -> Provider:
    """Return a provider by its name; KeyError where the environment gives no key for it."""
    return Card(name=name, **settings.PAYMENT_PROVIDERS[name])
