"""A share in words: with its interval, or how few there are."""

from django.utils.translation import gettext as _

from recourse.kit.shares import Share


def said(share: Share) -> str:
    """Return “62 % (41 to 79 %, of 21)”, or “3 of 4: too few to say”."""
    if share.is_few:
        return _("%(part)d of %(whole)d: too few to say") % {"part": share.part, "whole": share.whole}
    low, high = share.interval
    return _("%(rate)d %% (%(low)d to %(high)d %%, of %(whole)d)") % {
        "rate": round(100 * (share.rate or 0)),
        "low": round(100 * low),
        "high": round(100 * high),
        "whole": share.whole,
    }
