"""A line as its customer reads it: the words that are shown, and stored with the offer and with the answer."""

from django.utils.translation import gettext as _

from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.remedies import Execution
from recourse.kit.money import written
from recourse.remedies.models import Line


def line_shown(line: Line) -> str:
    """Return what a line gives, in a sentence for the customer."""
    facts = {
        "amount": f"{written(line.amount_minor, line.currency)} {line.currency}",
        "item": line.item_ref,
        "count": line.quantity or 1,
        "days": line.watch_days or 0,
        "words": line.words,
    }
    return _sentence(line) % facts


def _sentence(line: Line) -> str:
    if line.execution == Execution.VOUCHER:
        return _("We give you a voucher over %(amount)s.")
    if line.kind == LineKind.REFUND and line.execution == Execution.PROVIDER:
        return _("We pay %(amount)s back the way you paid.")
    ways = {
        LineKind.REFUND: _("We pay %(amount)s back to you."),
        LineKind.GOODWILL: _("We pay you %(amount)s as a sign of goodwill."),
        LineKind.REPLACEMENT: _("We send you item %(item)s again, %(count)d in number, free of charge."),
        LineKind.EXPEDITED_SHIPPING: _("We send it by the fastest way, at our cost."),
        LineKind.SERVICE_RESTORATION: _("We put this right: %(words)s"),
        LineKind.CONSEQUENTIAL_LOSS: _("We make good the further loss that you showed us, %(amount)s."),
        LineKind.FEE_WAIVER: _("We waive a fee of %(amount)s: %(words)s"),
        LineKind.APOLOGY: _("%(words)s"),
        LineKind.MONITORING: _("For %(days)d days we watch that it does not happen again."),
    }
    return ways.get(LineKind(line.kind), _("We give you %(amount)s."))
