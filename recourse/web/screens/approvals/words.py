"""Approvals in words: states, verdicts, kinds, amounts, why a line looks split."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recourse.approvals.policy import Said, State
from recourse.approvals.queries import say
from recourse.handbook.policy.words import VALUES
from recourse.kit.money import written
from recourse.web.parts import Chip, Money

STATES = {
    State.ASKED: (gettext_lazy("waits for a decision"), "accent"),
    State.GRANTED: (gettext_lazy("granted"), "ok"),
    State.REFUSED: (gettext_lazy("refused"), "bad"),
    State.EXPIRED: (gettext_lazy("ran out"), "warn"),
    State.VOID: (gettext_lazy("void: the terms changed"), "warn"),
    State.WITHDRAWN: (gettext_lazy("withdrawn"), "neutral"),
}
VERDICTS = {
    "approve": gettext_lazy("approved"),
    "refuse": gettext_lazy("refused"),
    "ask_back": gettext_lazy("asked a question"),
    "within_authority": gettext_lazy("decided alone, within authority"),
    "break_glass": gettext_lazy("overrode it in an emergency"),
}
EFFECTS = {
    "case": gettext_lazy("This case"),
    "customer": gettext_lazy("This customer, in the period"),
    "cause": gettext_lazy("This cause"),
    "line": gettext_lazy("This line, with the parts it looks split into"),
}


def chip_of(found: Any) -> Chip:
    """Return the state of an approval."""
    if found.state == State.GRANTED and found.used_at:
        return Chip(_("granted, being carried out"), "ok")
    word, tone = STATES[State(found.state)]
    return Chip(str(word), tone)


def amount_of(found: Any) -> Money:
    """Return the amount as it was asked."""
    return money(found.amount_minor, found.currency)


def money(minor: int, currency: str) -> Money:
    """Return an amount as a part."""
    return Money(written(minor, currency), currency)


def kind_of(found: Any) -> str:
    """Return the kind of line in words."""
    return _(VALUES[found.remedy_kind])


def flags_of(found: Any) -> Sequence[str]:
    """Return why a line looks split, in sentences."""
    return [
        say(Said(f"split.{flag['kind']}", {**_facts(flag), "currency": found.counted_currency})) for flag in found.flags
    ]


def _facts(flag: Any) -> dict[str, Any]:
    return {name: flag[name] for name in ("count", "days", "sum")}


def names_of_asked(found: Any) -> Sequence[str]:
    """Return who is asked now, a delegate with whom they act for."""
    return [
        _("%(one)s for %(other)s") % {"one": ask.staff.name, "other": ask.on_behalf_of.name}
        if ask.on_behalf_of
        else ask.staff.name
        for ask in found.open_asks
    ]


def href_of(found: Any) -> str:
    """Return the address of an approval."""
    return reverse("approval", args=[found.pk])


def terms_of(found: Any) -> Sequence[tuple[str, str]]:
    """Return the frozen terms line by line, in words."""
    kept = found.terms
    rows = [
        (_("Kind"), kind_of(found)),
        (_("Amount"), f"{written(found.amount_minor, found.currency)} {found.currency}"),
        (_("Cause"), kept["cause"]),
        (_("Paid to"), kept["payee"] or (found.customer.name if found.customer else "")),
        (_("Against the payment"), kept["payment"]),
        (_("Evidence"), ", ".join(kept["evidence"])),
        *((str(name), _plain(value)) for name, value in sorted(kept["content"].items())),
    ]
    return [(name, said) for name, said in rows if said]


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_plain(part)}" for name, part in sorted(value.items()))
    return ", ".join(_plain(part) for part in value) if isinstance(value, list) else str(value)
