"""The providers of payments that the environment names, with their addresses and secrets."""

import os
from typing import Any


def payment_providers() -> dict[str, dict[str, Any]]:
    """Return by name what each provider is called with; without a key there is none, and finance pays by hand."""
    secret = os.environ.get("RECOURSE_CARD_KEY", "")
    if not secret:
        return {}
    secrets = tuple(filter(None, os.environ.get("RECOURSE_CARD_REPORT_SECRETS", "").split(",")))
    url = os.environ.get("RECOURSE_CARD_URL", "https://api.stripe.com").rstrip("/")
    return {"card": {"url": url, "secret": secret, "report_secrets": secrets}}
