"""Reading a link of one use; looking changes nothing."""

import datetime as dt

from django.core.signing import BadSignature, Signer

from recourse.approvals.models import DecisionLink
from recourse.approvals.policy import State
from recourse.kit.ids import digest

SIGNER = Signer(salt="recourse.approvals.link")
LINK_PATH = "/decide/"


def open_link(token: str, *, at: dt.datetime) -> DecisionLink | None:
    """Return the open link of a token; None for one that is spent, late or not ours. A forged one reaches no table."""
    if not token.isascii():
        return None
    try:
        secret = SIGNER.unsign(token)
    except BadSignature:
        return None
    rows = DecisionLink.objects.filter(digest=digest(secret), expires_at__gt=at, staff__is_active=True)
    return rows.filter(approval__state=State.ASKED).select_related("approval__case", "staff").first()
