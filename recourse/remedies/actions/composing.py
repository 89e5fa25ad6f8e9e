"""Composes the package: lines put in, changed and taken out, each within what its step of fairness allows."""

import datetime as dt
from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.cases.queries.find import CaseKey
from recourse.conversations.models import Attachment
from recourse.customers.models import OrderItem
from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.remedies import Execution, LineRule
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, Refused
from recourse.kit.money import LIMIT, Money, split, written
from recourse.kit.text import clean_line
from recourse.kit.transactions import verb
from recourse.people.policy import Permission
from recourse.remedies.actions.approving import take_back
from recourse.remedies.actions.keeping import (
    about,
    ask,
    clean_words,
    load_line,
    number_after,
    open_package,
    save,
    settle_package,
    staff_of,
    workable,
)
from recourse.remedies.actions.offering import leave_offer
from recourse.remedies.events import LineAdded, LineChanged, LineReplaced, LineWithdrawn
from recourse.remedies.models import Line, Package
from recourse.remedies.policy import Fairness, NewLine, Part, State, excess
from recourse.remedies.queries.fairness import edition_of, fairness_of
from recourse.remedies.queries.find import given
from recourse.remedies.queries.payments import left_of, payments_left
from recourse.timeline.actions.record import record

OF_MONEY = frozenset(
    {
        LineKind.REFUND, LineKind.STORE_CREDIT, LineKind.CONSEQUENTIAL_LOSS, LineKind.FEE_WAIVER, LineKind.GOODWILL,
    }
)  # fmt: skip
DAYS_LIMIT = 3660


@verb
def add_line(case_key: CaseKey, told: NewLine, *, by: Actor, at: dt.datetime, seen: int | None = None) -> Line:
    """Put a line into the package. Needs remedy:propose.

    Raises NotVisible, Stale, Invalid naming fields, Refused where it goes beyond what is owed or what makes whole.
    """
    by.require(Permission.REMEDY_PROPOSE)
    package = open_package(case_key, by=by, seen=seen)
    line = _new_line(package, told, by=by, at=at)
    settle_package(package, at=at)
    return line


def _new_line(package: Package, told: NewLine, *, by: Actor, at: dt.datetime, replaces: Line | None = None) -> Line:
    number = number_after(Line.objects.filter(package=package).values_list("number", flat=True))
    line = Line(package=package, number=number, written_at=at, replaces=replaces)
    _fill(line, told, by=by, at=at)
    line.save(force_insert=True)
    event = LineAdded(**about(line), part=line.part, execution=line.execution, excess_minor=line.excess_minor)
    record(event, thread=package.case.thread, by=by, at=at, edition=line.edition, note=line.words)
    return line


@verb
def edit_line(
    case_key: CaseKey, number: int, told: NewLine, *, by: Actor, at: dt.datetime, seen: int | None = None
) -> Line:
    """Write a line anew; whatever approval it had or waits for is void, and it must be proposed again.

    The same content again changes nothing. Raises as `add_line`.
    """
    workable(case_key, by=by)
    line = load_line(case_key, number, by=by, seen=seen)
    ask("edit", line, by)
    was, before = line.amount_minor, _content(line)
    had_approval = line.approval_id is not None
    _fill(line, told, by=by, at=at)
    if _content(line) == before:
        line.refresh_from_db()
        return line
    take_back(line, why="changed", by=by, at=at)
    save(line, "edit", *_FIELDS)
    event = LineChanged(
        **about(line), part=line.part, execution=line.execution, excess_minor=line.excess_minor, was_minor=was,
        is_approval_void=had_approval,
    )  # fmt: skip
    record(event, thread=line.package.case.thread, by=by, at=at, edition=line.edition, note=line.words)
    settle_package(line.package, at=at)
    return line


@verb
def withdraw_line(
    case_key: CaseKey, number: int, *, by: Actor, at: dt.datetime, note: str = "", seen: int | None = None
) -> Line:
    """Take a line out that was not accepted yet; what was promised for it is owed no longer."""
    workable(case_key, by=by)
    line = load_line(case_key, number, by=by, seen=seen)
    ask("withdraw", line, by)
    words = clean_words(note, field="note")
    leave_offer(line, at=at)
    take_back(line, why="withdrawn", by=by, at=at)
    save(line, "withdraw", "approval_id")
    record(LineWithdrawn(**about(line)), thread=line.package.case.thread, by=by, at=at, note=words)
    settle_package(line.package, at=at)
    return line


@verb
def replace_line(
    case_key: CaseKey, number: int, told: NewLine, *, by: Actor, at: dt.datetime, seen: int | None = None
) -> Line:
    """Make a failed line good by another one, and return that; what the failed one promised is owed no longer."""
    workable(case_key, by=by)
    failed = load_line(case_key, number, by=by, seen=seen)
    ask("replace", failed, by)
    take_back(failed, why="replaced", by=by, at=at, is_kept=True)
    save(failed, "replace")
    line = _new_line(failed.package, told, by=by, at=at, replaces=failed)
    event = LineReplaced(**about(failed), by_number=line.number)
    record(event, thread=failed.package.case.thread, by=by, at=at)
    settle_package(failed.package, at=at)
    return line


@verb
def add_refunds(
    case_key: CaseKey, *, part: Part, rule: str, amount_minor: int, by: Actor, at: dt.datetime, seen: int | None = None
) -> list[Line]:
    """Share a refund over the payments of the package's order, by what each has left; a line for each.

    The largest remainder decides about the last unit. Refused (payment.exceeded) where they have too little left.
    """
    by.require(Permission.REMEDY_PROPOSE)
    package = open_package(case_key, by=by, seen=seen)
    rows = payments_left(package.order_id) if package.order_id else []
    open_rows = [row for row in rows if row.left_minor > 0]
    if not 0 < amount_minor <= sum(row.left_minor for row in open_rows):
        raise Refused("payment.exceeded", _("The payments of this order have not so much left to be paid back."))
    shares = split(amount_minor, [row.left_minor for row in open_rows])
    plain = NewLine(kind=LineKind.REFUND, part=part, rule=rule)
    found = [
        _new_line(package, replace(plain, amount_minor=share, payment_id=row.payment_id), by=by, at=at)
        for row, share in zip(open_rows, shares, strict=True)
        if share
    ]
    settle_package(package, at=at)
    return found


_FIELDS = (
    "kind", "part", "rule", "amount_minor", "execution", "needs_acceptance", "payment_id", "item_ref", "quantity",
    "document_id", "watch_days", "words", "excess_minor", "person_ids", "edition", "approval_id",
)  # fmt: skip


def _content(line: Line) -> tuple[object, ...]:
    names = [name for name in _FIELDS if name not in {"person_ids", "edition", "approval_id", "excess_minor"}]
    return tuple(getattr(line, name) for name in names)


def _fill(line: Line, told: NewLine, *, by: Actor, at: dt.datetime) -> None:
    """Write what was told into a line, checked against the handbook, the case and the order of fairness."""
    package = line.package
    edition = edition_of(package)
    rule = edition.rules.remedies.line(told.kind)
    person = str(staff_of(by).person_id)
    line.kind, line.part, line.rule = told.kind, told.part, told.rule
    line.amount_minor, line.currency, line.edition = told.amount_minor, package.currency, package.edition
    line.execution = _execution(told, rule)
    line.needs_acceptance = rule.needs_acceptance and told.part is not Part.ENTITLEMENT
    line.payment_id = told.payment_id if line.execution == Execution.PROVIDER else None
    line.item_ref = clean_line(told.item_ref, field="item_ref", limit=80)
    line.quantity, line.document_id = told.quantity, told.document_id
    line.watch_days = told.watch_days or (edition.rules.remedies.watch_days if told.kind == "monitoring" else None)
    line.words = clean_words(told.words)
    line.person_ids = sorted({*line.person_ids, person})
    _check(line, told, rule)
    _fit(line, fairness_of(package, at=at))


def _execution(told: NewLine, rule: LineRule) -> Execution:
    """Return how a line is carried out: as told if the kind allows it, else the first way that fits."""
    if told.execution is not None:
        if told.execution not in rule.executions:
            raise Invalid.one("execution", _("The handbook does not carry out such a line like that."))
        return told.execution
    fitting = [way for way in rule.executions if way is not Execution.PROVIDER or told.payment_id]
    return fitting[0] if fitting else rule.executions[0]


def _check(line: Line, told: NewLine, rule: LineRule) -> None:
    problems: dict[str, list[str]] = {}
    if not 0 <= told.amount_minor <= LIMIT or (told.kind in OF_MONEY and not told.amount_minor):
        problems["amount_minor"] = [_("The amount must be more than nothing.")]
    cap = rule.cap(line.currency)
    if cap is not None and told.amount_minor > cap:
        said = _("The handbook caps this at %(cap)s %(currency)s.")
        problems["amount_minor"] = [said % {"cap": written(cap, line.currency), "currency": line.currency}]
    if rule.needs_document and told.document_id is None:
        problems["document_id"] = [_("This needs the document that shows the loss.")]
    if told.document_id and not _is_here(line, told.document_id):
        problems["document_id"] = [_("Choose files of this case.")]
    if not 0 < (line.watch_days or 1) <= DAYS_LIMIT:
        problems["watch_days"] = [_("Write whole days, 1 or more.")]
    if told.kind in {LineKind.APOLOGY, LineKind.FEE_WAIVER, LineKind.SERVICE_RESTORATION} and not line.words:
        problems["words"] = [_("Say it in words: the apology itself, which fee, what is restored.")]
    problems |= _item_problems(line, told)
    if problems:
        raise Invalid(problems)
    _check_payment(line)


def _is_here(line: Line, document_id: UUID) -> bool:
    rows = Attachment.objects.filter(pk=document_id, case=line.package.case, removed_at__isnull=True)
    return rows.exists()


def _item_problems(line: Line, told: NewLine) -> dict[str, list[str]]:
    if told.kind is not LineKind.REPLACEMENT:
        return {}
    if not told.item_ref or line.package.order_id is None:
        return {"item_ref": [_("Name the item of the order that is sent again.")]}
    row = OrderItem.objects.filter(order_id=line.package.order_id, item_ref=told.item_ref).first()
    if row is None or not 0 < (told.quantity or 1) <= row.quantity:
        return {"item_ref": [_("The order does not have so many of “%(item)s”.") % {"item": told.item_ref}]}
    line.quantity = told.quantity or 1
    return {}


def _check_payment(line: Line) -> None:
    """Refuse a refund of a payment that is not the customer's, is in another currency, or has too little left."""
    if line.execution != Execution.PROVIDER:
        return
    if line.payment_id is None:
        raise Invalid.one("payment_id", _("Choose the payment that is paid back."))
    row = left_of(line.payment_id)
    if row is None or row.customer_id != line.package.case.customer_id:
        raise Invalid.one("payment_id", _("This customer has no such payment."))
    if row.currency != line.currency:
        raise Invalid.one("payment_id", _("This was paid in %(currency)s.") % {"currency": row.currency})
    mine = Line.objects.filter(package=line.package, payment_id=line.payment_id).exclude(pk=line.pk)
    waiting = mine.filter(state__in=[State.DRAFT, State.PROPOSED, State.APPROVED, State.OFFERED, State.ACCEPTED])
    left = row.left_minor - sum(waiting.values_list("amount_minor", flat=True))
    if line.amount_minor > left:
        said = _("Only %(left)s of this payment is left to be paid back.")
        raise Refused("payment.exceeded", said % {"left": Money(max(left, 0), line.currency)})


def _fit(line: Line, fair: Fairness) -> None:
    """Refuse a line in the wrong place, and one that goes beyond its part; goodwill beyond its band needs words."""
    _place(line, fair)
    others = [given(one) for one in Line.objects.filter(package=line.package).exclude(pk=line.pk)]
    line.excess_minor = excess(fair, others, given(line))
    if not line.excess_minor:
        return
    if line.part != Part.GOODWILL:
        raise Refused(
            "remedy.beyond",
            _("That is %(over)s more than this step allows; what goes beyond is goodwill.")
            % {"over": Money(line.excess_minor, line.currency)},
        )
    if not line.words:
        raise Invalid.one("words", _("This goes beyond the band of goodwill: say why."))


def _place(line: Line, fair: Fairness) -> None:
    """Refuse a line that stands for nothing: no entitlement or harm of that key, or money beside the steps."""
    kind, part = LineKind(line.kind), Part(line.part)
    if (kind is LineKind.GOODWILL) is not (part is Part.GOODWILL) or (part is Part.BESIDE and kind in OF_MONEY):
        raise Invalid.one("part", _("A line of this kind does not belong to this step."))
    if part is Part.ENTITLEMENT and not any(one.key == line.rule and kind in one.satisfied_by for one in fair.owed):
        raise Invalid.one("rule", _("Nothing is owed under this that such a line would meet."))
    harm = next((row for row in fair.harms if row.key == line.rule), None)
    if part is Part.WHOLE and harm is None:
        raise Invalid.one("rule", _("Choose one of the items of harm."))
    is_consequential = part is Part.WHOLE and harm is not None and harm.is_consequential
    if is_consequential is not (kind is LineKind.CONSEQUENTIAL_LOSS):
        raise Invalid.one("kind", _("Consequential loss is made good by a line of its own kind, and nothing else is."))
