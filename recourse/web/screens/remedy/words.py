"""Words, chips and amounts for what stands on the screens of a remedy."""

from typing import Any

from django.utils.translation import gettext as _

from recourse.kit.money import written
from recourse.remedies.policy import FAULT_NAMES, KIND_NAMES, OUTCOME_NAMES, STATE_NAMES
from recourse.web.parts import Chip, Money

TONES = {
    "proposed": "warn", "refused": "bad", "approved": "accent", "offered": "accent", "accepted": "ok",
    "declined": "neutral", "countered": "warn", "lapsed": "neutral", "executing": "accent", "settled": "ok",
    "failed": "bad",
}  # fmt: skip
PARTS = ("entitlement", "whole", "goodwill", "beside")


def amount(minor: int, currency: str) -> Money:
    """Return an amount as it is drawn."""
    return Money(written(minor, currency), currency)


def state_chip(state: str) -> Chip:
    """Return where a line stands, in words and tone."""
    return Chip(_(STATE_NAMES[state]), TONES.get(state, "neutral"))


def kind_name(kind: str) -> str:
    """Return what a kind of line is called."""
    return _(KIND_NAMES.get(kind, kind))


def part_name(part: str) -> str:
    """Return what a step of fairness is called."""
    return {
        "entitlement": _("owed"), "whole": _("made good"), "goodwill": _("goodwill"), "beside": _("beside"),
    }[part]  # fmt: skip


def execution_name(execution: str) -> str:
    """Return how a line is carried out."""
    return {
        "provider": _("through the payment provider"),
        "finance": _("by finance, by hand"),
        "voucher": _("as a voucher"),
        "fulfilment": _("by people, who confirm it"),
        "watch": _("by watching"),
        "words": _("by saying it"),
    }[execution]


def attempt_said(attempt: Any) -> str:
    """Return how far the payment of a line has come."""
    return {
        "planned": _("written down, leaves soon"),
        "sending": _("leaving now"),
        "unknown": _("no whole answer yet; being looked up"),
        "pending": _("taken by the provider"),
        "paid": _("sent by finance; a second person checks it"),
        "succeeded": _("arrived"),
        "refused": _("refused"),
        "failed": _("came back"),
        "withdrawn": _("not sent"),
    }.get(str(attempt.state), str(attempt.state))


def fault_name(fault: str) -> str:
    """Return why a line failed."""
    return _(FAULT_NAMES.get(fault, fault))


def outcome_name(outcome: str) -> str:
    """Return how what is given stands to what was asked for."""
    return _(OUTCOME_NAMES[outcome])


def percent(bp: int) -> str:
    """Return basis points as percent."""
    return f"{bp / 100:.0f} %"
