"""What happens to money: promised, approved, executed, settled, reversed; what providers answered; who decided what."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from recourse.kit.money import written
from recourse.timeline.events import Event, event

_KEY = "01990000-0000-7000-8000-000000000001"
_MATTER = f"remedy_line:{_KEY}"
_MONEY: dict[str, Any] = {"matter": _MATTER, "amount_minor": 4990, "currency": "EUR"}
_ATTEMPT: dict[str, Any] = {**_MONEY, "attempt_id": _KEY, "provider": "card"}


@dataclass(frozen=True)
class _About(Event):
    """What every event about an amount says: what it is for, and how much."""

    matter: str
    amount_minor: int
    currency: str

    def _said(self) -> dict[str, str]:
        return {"amount": f"{written(self.amount_minor, self.currency)} {self.currency}"}


@event("money.promised", **_MONEY, kind="refund")
@dataclass(frozen=True)
class MoneyPromised(_About):
    """An amount was promised to a customer, or proposed; nobody has approved it yet."""

    kind: str

    def sentence(self) -> str:
        """Say how much."""
        return _("promised %(amount)s") % self._said()


@event("money.approved", **_MONEY, approval_ref=f"approval:{_KEY}")
@dataclass(frozen=True)
class MoneyApproved(_About):
    """An amount may be paid: somebody with the authority said so."""

    approval_ref: str

    def sentence(self) -> str:
        """Say how much."""
        return _("freed %(amount)s to be paid") % self._said()


@event("money.executed", **_MONEY, provider="card")
@dataclass(frozen=True)
class MoneyExecuted(_About):
    """An amount was paid: the provider took it, or somebody of finance sent it."""

    provider: str

    def sentence(self) -> str:
        """Say how much."""
        return _("paid %(amount)s") % self._said()


@event("money.settled", **_MONEY, provider="card")
@dataclass(frozen=True)
class MoneySettled(_About):
    """An amount has arrived as far as the provider, or a second person, can say."""

    provider: str

    def sentence(self) -> str:
        """Say how much."""
        return _("%(amount)s has been settled") % self._said()


@event("money.reversed", note_holds="why", **_MONEY, stages=["settled", "executed"], is_withdrawn=False)
@dataclass(frozen=True)
class MoneyReversed(_About):
    """Postings were undone by their reversals; a withdrawn amount is owed no longer."""

    stages: list[str]
    is_withdrawn: bool

    def sentence(self) -> str:
        """Say how much."""
        return _("reversed %(amount)s") % self._said()


@event("refund.planned", **_ATTEMPT, payment_id=_KEY)
@dataclass(frozen=True)
class RefundPlanned(_About):
    """A payment back was written down with its key; it goes out after this."""

    attempt_id: str
    provider: str
    payment_id: str

    def sentence(self) -> str:
        """Say how much."""
        return _("planned to pay back %(amount)s") % self._said()


@event("refund.unknown", **_ATTEMPT)
@dataclass(frozen=True)
class RefundUnknown(_About):
    """The provider gave no whole answer: nobody knows whether it was paid, so it is looked up."""

    attempt_id: str
    provider: str

    def sentence(self) -> str:
        """Say so."""
        return _("does not know whether %(amount)s was paid and is looking it up") % self._said()


@event("refund.refused", **_ATTEMPT, code="charge_already_refunded")
@dataclass(frozen=True)
class RefundRefused(_About):
    """The provider, or a rule just before sending, refused; nothing was paid."""

    attempt_id: str
    provider: str
    code: str

    def sentence(self) -> str:
        """Say why."""
        return _("could not pay back %(amount)s: %(code)s") % {**self._said(), "code": self.code}


@event("refund.failed", **_ATTEMPT, code="lost_or_stolen_card")
@dataclass(frozen=True)
class RefundFailed(_About):
    """A payment that had been accepted came back, perhaps days later; the amount is owed again."""

    attempt_id: str
    provider: str
    code: str

    def sentence(self) -> str:
        """Say why."""
        return _("%(amount)s came back: %(code)s") % {**self._said(), "code": self.code}


@event("refund.withdrawn", note_holds="why", **_ATTEMPT)
@dataclass(frozen=True)
class RefundWithdrawn(_About):
    """A payment that had not gone out will not."""

    attempt_id: str
    provider: str

    def sentence(self) -> str:
        """Say which."""
        return _("withdrew the payment of %(amount)s") % self._said()


@event("refund.judged", note_holds="why", **_ATTEMPT, is_paid=False)
@dataclass(frozen=True)
class RefundJudged(_About):
    """Somebody of finance said whether a payment of unknown outcome was made."""

    attempt_id: str
    provider: str
    is_paid: bool

    def sentence(self) -> str:
        """Say what was found."""
        if self.is_paid:
            return _("found that %(amount)s had been paid") % self._said()
        return _("found that %(amount)s had not been paid") % self._said()


@event("refund.confirmed", **_ATTEMPT, is_second=False)
@dataclass(frozen=True)
class RefundConfirmed(_About):
    """A person of finance said that a payment by hand was made; a second one checks it."""

    attempt_id: str
    provider: str
    is_second: bool

    def sentence(self) -> str:
        """Say which of the two."""
        if self.is_second:
            return _("checked the payment of %(amount)s by hand") % self._said()
        return _("paid %(amount)s by hand") % self._said()


@event("chargeback.opened", payment_id=_KEY, amount_minor=4990, currency="EUR", excess_minor=0)
@dataclass(frozen=True)
class ChargebackOpened(Event):
    """The customer's bank took a payment back; it blocks refunds of that payment."""

    payment_id: str
    amount_minor: int
    currency: str
    excess_minor: int

    def sentence(self) -> str:
        """Say how much."""
        return _("the bank took back %(amount)s") % {
            "amount": f"{written(self.amount_minor, self.currency)} {self.currency}"
        }


@event("chargeback.closed", payment_id=_KEY, amount_minor=4990, currency="EUR", is_won=True)
@dataclass(frozen=True)
class ChargebackClosed(Event):
    """A chargeback was decided; a won one gave the money back to us."""

    payment_id: str
    amount_minor: int
    currency: str
    is_won: bool

    def sentence(self) -> str:
        """Say how it ended."""
        return _("the chargeback was won") if self.is_won else _("the chargeback was lost")


@event("reconciliation.asked", reconciliation_id=_KEY, provider="card")
@dataclass(frozen=True)
class ReconciliationAsked(Event):
    """A comparison of a provider's list with ours was asked for."""

    reconciliation_id: str
    provider: str

    def sentence(self) -> str:
        """Say of which provider."""
        return _("asked to reconcile “%(provider)s”") % vars(self)


@event("reconciliation.finished", reconciliation_id=_KEY, provider="card", theirs=120, ours=119, found=1)
@dataclass(frozen=True)
class ReconciliationFinished(Event):
    """A provider's list was compared with ours."""

    reconciliation_id: str
    provider: str
    theirs: int
    ours: int
    found: int

    def sentence(self) -> str:
        """Say how many differences."""
        return _("reconciled %(theirs)d payments of “%(provider)s”: %(found)d differences") % vars(self)


@event("break.resolved", note_holds="why", break_id=_KEY, kind="extra", verdict="explained")
@dataclass(frozen=True)
class BreakResolved(Event):
    """A person said what a difference was."""

    break_id: str
    kind: str
    verdict: str

    def sentence(self) -> str:
        """Say which."""
        return _("resolved a difference with the provider (%(kind)s): %(verdict)s") % vars(self)


@event("money_task.done", note_holds="what was done", task_id=_KEY, kind="unknown")
@dataclass(frozen=True)
class MoneyTaskDone(Event):
    """A person of finance looked at what needed one."""

    task_id: str
    kind: str

    def sentence(self) -> str:
        """Say which."""
        return _("dealt with a question about money (%(kind)s)") % vars(self)


@event("payments.held", why="restored")
@dataclass(frozen=True)
class PaymentsHeld(Event):
    """Nothing goes out to providers until somebody lifts this."""

    why: str

    def sentence(self) -> str:
        """Say why."""
        return _("stopped all payments: %(why)s") % vars(self)


@event("payments.freed", why="restored")
@dataclass(frozen=True)
class PaymentsFreed(Event):
    """Payments go out again: the providers' lists were compared with ours."""

    why: str

    def sentence(self) -> str:
        """Say what was lifted."""
        return _("let payments go out again (%(why)s)") % vars(self)


@event("voucher.issued", **_MONEY, voucher_id=_KEY)
@dataclass(frozen=True)
class VoucherIssued(_About):
    """Store credit was issued."""

    voucher_id: str

    def sentence(self) -> str:
        """Say how much."""
        return _("issued a voucher of %(amount)s") % self._said()


@event("voucher.redeemed", **_MONEY, voucher_id=_KEY)
@dataclass(frozen=True)
class VoucherRedeemed(_About):
    """Store credit was spent."""

    voucher_id: str

    def sentence(self) -> str:
        """Say how much."""
        return _("redeemed a voucher of %(amount)s") % self._said()


@event("voucher.ended", note_holds="why", **_MONEY, voucher_id=_KEY, state="voided")
@dataclass(frozen=True)
class VoucherEnded(_About):
    """Store credit lapsed or was taken back before it was spent."""

    voucher_id: str
    state: str

    def sentence(self) -> str:
        """Say how."""
        return _("a voucher of %(amount)s is %(state)s") % {**self._said(), "state": self.state}
