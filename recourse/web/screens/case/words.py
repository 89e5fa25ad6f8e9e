"""Words for what stands on a case page."""

from typing import Any

from django.utils.translation import gettext as _


def clock_name(clock: Any, rules: Any) -> str:
    """Return what a clock is called: our own by kind, a statutory one by the handbook's name."""
    own = {
        "first_response": _("First response"),
        "next_response": _("Next response"),
        "update_cadence": _("Next update"),
        "resolution": _("Resolution"),
        "promise": _("Promise"),
    }
    if clock.kind in own:
        return own[clock.kind]
    named: str | None = next((one.name for one in rules.clocks.statutory if one.key == clock.kind), None)
    return named or clock.kind.replace("_", " ")


def family_name(family: str) -> str:
    """Return the family of a clock in words."""
    return {
        "commercial": _("our own objective; stops while the case waits"),
        "regulatory": _("a duty by law or regulator; never stops"),
        "promise": _("promised to the customer; never stops"),
    }[family]


def rule_of(clock: Any) -> str:
    """Return the rule that a clock follows, with the edition that it comes from."""
    return _("%(amount)s %(basis)s, calendar %(calendar)s, edition %(edition)s") % {
        "amount": clock.amount,
        "basis": clock.basis.replace("_", " "),
        "calendar": f"{clock.calendar} v{clock.calendar_version}" if clock.calendar else _("none"),
        "edition": clock.edition,
    }


def said_reason(rules: Any, kind: str, code: str) -> str:
    """Return a reason of the handbook by its name."""
    return next((str(one.name) for one in getattr(rules.reasons, kind) if one.code == code), code)
