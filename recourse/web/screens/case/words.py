"""Words for what stands on a case page."""

from collections.abc import Mapping
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from recourse.handbook.policy.shape import TIERS


def clock_names(rules: Any) -> Mapping[str, str]:
    """Return what each clock is called: our own by kind, a statutory one by the handbook's name."""
    own = {
        "first_response": _("First response"),
        "next_response": _("Next response"),
        "update_cadence": _("Next update"),
        "resolution": _("Resolution"),
        "promise": _("Promise"),
    }
    return own | {one.key: str(one.name) for one in rules.clocks.statutory}


def clock_name(clock: Any, rules: Any) -> str:
    """Return what one clock is called."""
    return clock_names(rules).get(clock.kind, clock.kind.replace("_", " "))


def tier_name(tier: str) -> str:
    """Return a tier in words."""
    return {"front_line": _("front line"), "tier_1": _("tier 1"), "tier_2": _("tier 2"), "tier_3": _("tier 3")}[tier]


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


def event_names(rules: Any, queues: Mapping[str, str], teams: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
    """Return what the codes in events of a case are called, for each field that holds such codes."""
    lists = (rules.reasons.wait, rules.reasons.hold, rules.reasons.close, rules.reasons.returns, rules.reasons.override)
    tiers = {tier.value: tier_name(tier.value) for tier in TIERS}
    steps = {step.key: step.key.replace("_", " ") for ladder in rules.ladders for step in ladder.steps}
    return {
        "reason": {one.code: str(one.name) for one in chain.from_iterable(lists)},
        "queue": queues,
        "from_queue": queues,
        "team": teams,
        "before": tiers,
        "after": tiers,
        "grounds": {ground.code: ground.name for ground in rules.escalation.grounds},
        "ladder": {ladder.key: ladder.name for ladder in rules.ladders},
        "step": steps,
        "clock": clock_names(rules),
    }
