"""The reason line of a score: every number in it, so that anybody can reckon it again."""

from django.utils.translation import gettext as _

from recourse.routing.policy import HORIZON_MINUTES, Kind, Score


def line(score: Score) -> str:
    """Return the sum: what stands in it gives the value to the last bit."""
    return _("%(weight)d × %(exponent)d × (%(used)d ÷ %(allowance)d)^%(power)d ÷ %(work)d = %(value)s") % {
        "weight": score.weight,
        "exponent": score.exponent,
        "used": score.used,
        "allowance": score.allowance,
        "power": score.exponent - 1,
        "work": score.work,
        "value": f"{score.value:.4g}",
    }


def why(kind: Kind, score: Score) -> str:
    """Return why this case, in words, before the sum."""
    known = _(" You know it already.") if kind.is_known else ""
    return _("%(severity)s severity; %(time)s; about %(work)d minutes of work.%(known)s") % {
        "severity": kind.severity.value.capitalize(),
        "time": _time(score),
        "work": score.work,
        "known": known,
    }


def _time(score: Score) -> str:
    if score.left >= HORIZON_MINUTES:
        return _("no due time")
    if score.left < 0:
        return _("%(minutes)d working minutes late") % {"minutes": -score.left}
    return _("%(minutes)d working minutes left of %(allowance)d") % {
        "minutes": score.left, "allowance": score.allowance
    }  # fmt: skip
