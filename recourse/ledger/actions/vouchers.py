"""Store credit: issued once for a matter, spent once by whoever holds its code."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from recourse.customers.models import Customer
from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor, system
from recourse.kit.crashpoint import crashpoint
from recourse.kit.errors import NotVisible, Refused
from recourse.kit.ids import digest, random_token
from recourse.kit.money import Money
from recourse.kit.sealing import seal, unseal
from recourse.kit.transactions import verb
from recourse.ledger.actions.posting import post
from recourse.ledger.actions.stating import require_approved, tell
from recourse.ledger.events import MoneyExecuted, MoneySettled, VoucherEnded, VoucherIssued, VoucherRedeemed
from recourse.ledger.models import Posting, Voucher
from recourse.ledger.policy import NewPosting, Stage, VoucherState
from recourse.ledger.policy.chart import APPROVED, BREAKAGE, EXECUTED, VOUCHER_SALES, VOUCHERS
from recourse.people.policy import Permission

PURPOSE = "voucher code"


@verb
def issue_voucher(
    line_matter: str, *, amount: Money, approval_ref: str, customer_id: UUID, by: Actor, at: dt.datetime,
    expires_at: dt.datetime | None = None,
) -> Voucher:  # fmt: skip
    """Issue store credit for an approved matter, once; the same again returns the same voucher.

    It is good for as long as the handbook says, unless told. Raises Refused (money.not_approved, ledger.key_reused).
    """
    standing = Voucher.objects.filter(matter=line_matter).first() or _by_approval(approval_ref)
    if standing is not None:
        return _same(standing, line_matter, amount, approval_ref, customer_id)
    require_approved(line_matter, amount)
    rules = edition_at(at).rules.money
    expires_at = expires_at or at + dt.timedelta(days=rules.voucher_days)
    voucher = _row(line_matter, amount, approval_ref, customer_id, at, expires_at)
    try:
        with transaction.atomic():
            voucher.save(force_insert=True)
    except IntegrityError as error:  # somebody issued the same at the same moment
        raise Refused("ledger.key_reused", _("This voucher is being issued already.")) from error
    _post_issue(voucher, by, at)
    crashpoint("voucher.issued")
    told = _about(voucher)
    tell(VoucherIssued(**told, voucher_id=str(voucher.pk)), voucher.case_id, by=by, at=at)
    tell(MoneyExecuted(**told, provider="voucher"), voucher.case_id, by=by, at=at)
    tell(MoneySettled(**told, provider="voucher"), voucher.case_id, by=by, at=at)
    return voucher


@verb
def redeem_voucher(code: str, *, spent_on: str, by: Actor, at: dt.datetime) -> Voucher:
    """Spend a voucher, whole and once; the same spending again returns it. Needs voucher:redeem.

    Raises NotVisible for a code that there is not, Refused (voucher.spent, voucher.expired, voucher.voided).
    """
    by.require(Permission.VOUCHER_REDEEM)
    voucher = Voucher.objects.filter(code_digest=digest(_plain(code))).first()
    if voucher is None:
        raise NotVisible
    unspent = Voucher.objects.filter(pk=voucher.pk, state=VoucherState.ISSUED, expires_at__gt=at)
    spent = {"state": VoucherState.REDEEMED, "spent_at": at, "spent_on": spent_on[:120], "version": voucher.version + 1}
    if not unspent.update(**spent):
        voucher.refresh_from_db()
        return _spent_before(voucher, spent_on, at)
    voucher.refresh_from_db()
    _move(voucher, f"redeem:{voucher.pk}", VOUCHER_SALES, VOUCHERS, by, at)
    crashpoint("voucher.spent")
    tell(VoucherRedeemed(**_about(voucher), voucher_id=str(voucher.pk)), voucher.case_id, by=by, at=at)
    return voucher


@verb
def void_voucher(voucher_id: UUID, *, by: Actor, at: dt.datetime, note: str = "") -> Voucher:
    """Take back a voucher that is not spent; its cost is borne no longer. Needs money:reconcile.

    Raises NotVisible, Refused (voucher.spent).
    """
    by.require(Permission.MONEY_RECONCILE)
    return _end(voucher_id, VoucherState.VOIDED, by, at, note)


def expire_vouchers(*, at: dt.datetime, limit: int = 200) -> int:
    """Let vouchers lapse whose time is over, and return how many did."""
    over = Voucher.objects.filter(state=VoucherState.ISSUED, expires_at__lte=at).order_by("expires_at")
    found = list(over.values_list("pk", flat=True)[:limit])
    for voucher_id in found:
        _end(voucher_id, VoucherState.EXPIRED, system("ledger"), at, "")
    return len(found)


def code_of(voucher: Voucher) -> str:
    """Return the code that is told to the customer, in groups of five."""
    plain = unseal(voucher.code_sealed, purpose=PURPOSE, row=str(voucher.pk))
    return "-".join(plain[start : start + 5] for start in range(0, len(plain), 5))


def _about(voucher: Voucher) -> dict[str, Any]:
    """Return what events about a voucher say."""
    return {"matter": voucher.matter, "amount_minor": voucher.amount_minor, "currency": voucher.currency}


@verb
def _end(voucher_id: UUID, state: VoucherState, by: Actor, at: dt.datetime, note: str) -> Voucher:
    voucher = Voucher.objects.filter(pk=voucher_id).first()
    if voucher is None:
        raise NotVisible
    ended = {"state": state, "spent_at": at, "version": voucher.version + 1}
    if not Voucher.objects.filter(pk=voucher_id, state=VoucherState.ISSUED).update(**ended):
        raise Refused("voucher.spent", _("This voucher was spent, or has ended."))
    voucher.refresh_from_db()
    _move(voucher, f"{state}:{voucher.pk}", BREAKAGE, VOUCHERS, by, at)
    told = VoucherEnded(**_about(voucher), voucher_id=str(voucher.pk), state=state)
    tell(told, voucher.case_id, by=by, at=at, note=note)
    return voucher


def _by_approval(approval_ref: str) -> Voucher | None:
    found: Voucher | None = Voucher.objects.filter(approval_ref=approval_ref).first()
    return found


def _same(found: Voucher, matter: str, amount: Money, approval_ref: str, customer_id: UUID) -> Voucher:
    asked = (matter, amount, approval_ref, customer_id)
    if (found.matter, found.amount, found.approval_ref, found.customer_id) != asked:
        raise Refused("ledger.key_reused", _("A voucher was issued for this already, with other content."))
    return found


def _row(
    matter: str, amount: Money, approval_ref: str, customer_id: UUID, at: dt.datetime, expires_at: dt.datetime
) -> Voucher:
    first = Posting.objects.filter(matter=matter).order_by("id").first()
    if not Customer.objects.filter(pk=customer_id).exists():
        raise NotVisible
    code = _plain(random_token(20))[:20]
    voucher = Voucher(
        matter=matter,
        approval_ref=approval_ref,
        customer_id=customer_id,
        case_id=first.case_id if first else None,
        amount_minor=amount.minor,
        currency=amount.currency,
        code_digest=digest(code),
        issued_at=at,
        expires_at=expires_at,
    )
    voucher.code_sealed = seal(code, purpose=PURPOSE, row=str(voucher.pk))
    return voucher


def _plain(code: str) -> str:
    """Return a code as it is compared: letters and digits alone, whatever their case and grouping."""
    return "".join(char for char in code[:100].upper() if char.isascii() and char.isalnum())


def _post_issue(voucher: Voucher, by: Actor, at: dt.datetime) -> None:
    _move(voucher, f"issue:{voucher.pk}", EXECUTED, APPROVED, by, at, Stage.EXECUTED)
    _move(voucher, f"owe:{voucher.pk}", VOUCHERS, EXECUTED, by, at, Stage.SETTLED)


def _move(
    voucher: Voucher, key: str, from_account: str, to_account: str, by: Actor, at: dt.datetime,
    stage: Stage = Stage.MOVED,
) -> None:  # fmt: skip
    new = NewPosting(
        key=key,
        from_account=from_account,
        to_account=to_account,
        amount=voucher.amount,
        stage=stage,
        matter=voucher.matter,
        case_id=voucher.case_id,
        reference=str(voucher.pk),
    )
    post([new], by=by, at=at)


def _spent_before(voucher: Voucher, spent_on: str, at: dt.datetime) -> Voucher:
    if voucher.state == VoucherState.REDEEMED and voucher.spent_on == spent_on[:120]:
        return voucher
    if voucher.state == VoucherState.REDEEMED:
        raise Refused("voucher.spent", _("This voucher was spent already."))
    if voucher.state == VoucherState.VOIDED:
        raise Refused("voucher.voided", _("This voucher was taken back."))
    raise Refused("voucher.expired", _("This voucher is no longer good."))
