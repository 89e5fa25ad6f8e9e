"""Carries lines out: money through the ledger, everything else by people, watches and words; hears how it ended."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from recourse.approvals.actions import release_used, use_approval
from recourse.cases.actions import reopen
from recourse.cases.policy import Stage
from recourse.cases.queries.find import CaseKey
from recourse.conversations.actions import reply
from recourse.handbook.policy.remedies import Execution
from recourse.kit.actor import Actor
from recourse.kit.errors import Refused
from recourse.kit.text import clean_line
from recourse.kit.transactions import verb
from recourse.ledger import actions as ledger
from recourse.remedies.actions.approving import approval_ref, hash_of
from recourse.remedies.actions.keeping import (
    DESK,
    about,
    ask,
    clean_words,
    line_of_matter,
    load_line,
    save,
    settle_package,
    workable,
)
from recourse.remedies.actions.watching import start_watch
from recourse.remedies.events import ExecutionStarted, LineFailed, LineSettled
from recourse.remedies.models import Line
from recourse.remedies.policy import State
from recourse.timeline.actions.record import record

FAULT_OF = {"payment.exceeded": "no_room", "money.not_approved": "no_approval", "approval.state": "no_approval"}


@verb
def execute(case_key: CaseKey, number: int, *, by: Actor, at: dt.datetime, seen: int | None = None) -> Line:
    """Carry out an approved line that needs no yes of the customer. Needs remedy:offer.

    Money is written down to be paid and leaves after the commit; a line that cannot be begun has failed, visibly.
    """
    workable(case_key, by=by)
    line = load_line(case_key, number, by=by, seen=seen)
    ask("execute", line, by)
    begin(line, by=by, at=at)
    settle_package(line.package, at=at)
    line.refresh_from_db()
    return line


def begin(line: Line, *, by: Actor, at: dt.datetime) -> None:
    """Begin to carry out a line that may be; what keeps it from being begun is the fault of the line."""
    try:
        with transaction.atomic():
            _use(line, by=by, at=at)
            line.executed_at = at
            save(line, "start", "executed_at")
            event = ExecutionStarted(**about(line), execution=line.execution)
            record(event, thread=line.package.case.thread, by=by, at=at, edition=line.edition)
            _CARRIED_OUT[Execution(line.execution)](line, by, at)
    except Refused as refusal:
        line.refresh_from_db()
        _fail(line, FAULT_OF.get(refusal.code, "refused"), at=at, note=refusal.sentence)


def _use(line: Line, *, by: Actor, at: dt.datetime) -> None:
    if line.approval_id is not None:
        use_approval(line.approval_id, terms_hash=hash_of(line), by=by, at=at)


def _refund(line: Line, by: Actor, at: dt.datetime) -> None:
    assert line.payment_id is not None
    ledger.plan_refund(
        line.matter, payment_id=line.payment_id, amount=line.amount, approval_ref=approval_ref(line), by=by, at=at
    )


def _by_finance(line: Line, by: Actor, at: dt.datetime) -> None:
    ledger.plan_manual(line.matter, amount=line.amount, approval_ref=approval_ref(line), by=by, at=at)


def _voucher(line: Line, by: Actor, at: dt.datetime) -> None:
    customer_id = line.package.case.customer_id
    if customer_id is None:
        raise Refused("remedy.no_customer", _("This case has no customer who could get it."))
    ledger.issue_voucher(
        line.matter, amount=line.amount, approval_ref=approval_ref(line), customer_id=customer_id, by=by, at=at
    )


def _by_people(line: Line, by: Actor, at: dt.datetime) -> None:
    """Wait for a person who says that it is done."""


def _watch(line: Line, by: Actor, at: dt.datetime) -> None:
    start_watch(line, by=by, at=at)
    _settle(line, by=by, at=at)


def _say(line: Line, by: Actor, at: dt.datetime) -> None:
    if by.staff_id is not None:
        reply(case_ref=line.package.case.ref, text=line.words, by=by, at=at, can_undo=False)
    _settle(line, by=by, at=at)


_CARRIED_OUT = {
    Execution.PROVIDER: _refund,
    Execution.FINANCE: _by_finance,
    Execution.VOUCHER: _voucher,
    Execution.FULFILMENT: _by_people,
    Execution.WATCH: _watch,
    Execution.WORDS: _say,
}


@verb
def confirm_done(
    case_key: CaseKey, number: int, *, reference: str, by: Actor, at: dt.datetime, seen: int | None = None
) -> Line:
    """Say that what a line gives was done, with a reference that shows it, such as a tracking number."""
    line = load_line(case_key, number, by=by, seen=seen)
    ask("confirm", line, by)
    line.reference = clean_line(reference, field="reference", limit=120, is_required=True)
    _settle(line, by=by, at=at, note=line.reference)
    settle_package(line.package, at=at)
    return line


@verb
def report_failed(
    case_key: CaseKey, number: int, *, note: str, by: Actor, at: dt.datetime, seen: int | None = None
) -> Line:
    """Say that what a line gives could not be done, and why; another line makes it good."""
    line = load_line(case_key, number, by=by, seen=seen)
    ask("give_up", line, by)
    words = clean_words(note, field="note", is_required=True)
    _fail(line, "not_done", at=at, note=words, by=by)
    settle_package(line.package, at=at)
    return line


@verb
def note_settled(*, matter: str, by: Actor, at: dt.datetime) -> None:
    """Hear from the ledger that the money of a line has arrived."""
    line = line_of_matter(matter)
    if line is None or line.state != State.EXECUTING:
        return
    _settle(line, by=by, at=at)
    settle_package(line.package, at=at)


@verb
def note_failed(*, matter: str, fault: str, by: Actor, at: dt.datetime) -> None:
    """Hear from the ledger that a line was not paid, or that its money came back, perhaps days later.

    A case that was settled meanwhile is taken up again, once, however often it is heard; its customer sees on their
    page that the line did not work yet.
    """
    line = line_of_matter(matter)
    if line is None or line.state not in (State.EXECUTING, State.SETTLED):
        return
    if line.package.case.stage in (Stage.RESOLVED, Stage.CLOSED):
        reopen(line.package.case_id, by=DESK, at=at)
        line.package.case.refresh_from_db()
    _fail(line, fault, at=at)
    settle_package(line.package, at=at)


def _settle(line: Line, *, by: Actor, at: dt.datetime, note: str = "") -> None:
    line.settled_at, line.fault = at, ""
    save(line, "settle", "settled_at", "fault", "reference")
    record(LineSettled(**about(line)), thread=line.package.case.thread, by=by, at=at, edition=line.edition, note=note)


def _fail(line: Line, fault: str, *, at: dt.datetime, note: str = "", by: Actor = DESK) -> None:
    line.failed_at, line.fault = at, fault
    save(line, "fail", "failed_at", "fault")
    if line.approval_id is not None:
        release_used(line.approval_id, by=DESK, at=at)
    event = LineFailed(**about(line), fault=fault)
    record(event, thread=line.package.case.thread, by=by, at=at, edition=line.edition, note=note)
