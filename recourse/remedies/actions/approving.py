"""Has lines approved: asks, hears what was decided, and takes back what holds no longer."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.approvals.actions import ask_approval, void_for_change
from recourse.approvals.policy import Terms, terms_hash
from recourse.cases.queries.find import CaseKey
from recourse.handbook.policy.kinds import LineKind
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, Refused
from recourse.kit.transactions import verb
from recourse.ledger import actions as ledger
from recourse.remedies.actions.keeping import (
    DESK,
    about,
    ask,
    line_of_matter,
    load_line,
    save,
    settle_package,
    staff_of,
    workable,
)
from recourse.remedies.events import LineApproved, LineProposed, LineRefused
from recourse.remedies.models import Line, Package
from recourse.remedies.policy import Part, State, excess
from recourse.remedies.queries.fairness import edition_of, fairness_of
from recourse.remedies.queries.find import given
from recourse.timeline.actions.record import record

KIND = "remedy_line"


@verb
def propose(case_key: CaseKey, number: int, *, by: Actor, at: dt.datetime, seen: int | None = None) -> Line:
    """Ask for the approval of a line: granted at once within the proposer's own authority, or where it costs nothing.

    Needs remedy:propose. Raises NotVisible, Stale, Refused where it no longer fits what is owed.
    """
    workable(case_key, by=by)
    line = load_line(case_key, number, by=by, seen=seen)
    ask("propose", line, by)
    _still_fits(line, at=at)
    line.proposer, line.proposed_at = staff_of(by), at
    save(line, "propose", "proposer", "proposed_at")
    if line.amount_minor:
        _ask_approval(line, by=by, at=at)
    else:
        _approved(line, by=by, at=at)
    settle_package(line.package, at=at)
    line.refresh_from_db()
    return line


def _still_fits(line: Line, *, at: dt.datetime) -> None:
    """Refuse a line that another assessment has left behind."""
    fair = fairness_of(line.package, at=at)
    others = [given(one) for one in Line.objects.filter(package=line.package).exclude(pk=line.pk)]
    over = excess(fair, others, given(line))
    if over > line.excess_minor:
        if line.part != Part.GOODWILL:
            raise Refused("remedy.beyond", _("The assessment has changed: this is more than the step allows now."))
        if not line.words:
            raise Invalid.one("words", _("This goes beyond the band of goodwill: say why."))
        line.excess_minor = over
        line.save(update_fields=["excess_minor"])


def _ask_approval(line: Line, *, by: Actor, at: dt.datetime) -> None:
    case = line.package.case
    if line.pays:
        ledger.promise(
            line.matter, amount=line.amount, kind=line.kind, case_id=case.pk, cause=line.package.cause,
            edition=line.edition, by=by, at=at,
        )  # fmt: skip
    approval = ask_approval(terms_of(line), by=by, at=at)
    line.approval_id = approval.pk
    line.save(update_fields=["approval_id"])
    event = LineProposed(**about(line), approval_id=str(approval.pk))
    record(event, thread=case.thread, by=by, at=at, edition=line.edition)
    if approval.state == "granted":
        _approved(line, by=by, at=at)


def terms_of(line: Line) -> Terms:
    """Return exactly what is approved: anything of it that changes makes the approval void."""
    package = line.package
    return Terms(
        kind=KIND,
        matter=line.matter,
        case_id=package.case_id,
        amount=line.amount,
        remedy_kind=line.kind,
        severity=package.case.severity,
        cause=package.cause,
        payee_customer_id=package.case.customer_id,
        editors=tuple(UUID(key) for key in line.person_ids),
        evidence=tuple(sorted({*_documents(line)})),
        content=_content(line),
        payment=str(line.payment_id or ""),
        executor_person_ids=_executors(line),
    )


def _executors(line: Line) -> tuple[UUID, ...]:
    """Return who carries it out, where that matters: nobody goes beyond the band of goodwill on their own yes."""
    if not line.excess_minor or line.proposer is None:
        return ()
    return (line.proposer.person_id,)


def hash_of(line: Line) -> str:
    """Return the hash of the terms as they are now, for the approval to be compared with."""
    return terms_hash(terms_of(line))


def _documents(line: Line) -> list[str]:
    """Return the files that a line rests on: its own, or that of its item of harm."""
    found = [line.document_id] if line.document_id else []
    found += [row.document_id for row in line.package.harms.all() if row.document_id and row.key == line.rule]
    return [str(key) for key in found]


def _content(line: Line) -> dict[str, Any]:
    package = line.package
    return {
        "part": line.part,
        "rule": line.rule,
        "execution": line.execution,
        "item": line.item_ref,
        "quantity": line.quantity,
        "watch_days": line.watch_days,
        "loss": package.loss_minor,
        "beyond_band": line.excess_minor,
        "is_beyond_band": bool(line.excess_minor),
        "sign_off": edition_of(package).rules.remedies.line(LineKind(line.kind)).sign_off or "",
    }


def _approved(line: Line, *, by: Actor, at: dt.datetime) -> None:
    line.approved_at = at
    save(line, "grant", "approved_at")
    if line.amount_minor and line.pays:
        ledger.approve(line.matter, approval_ref=approval_ref(line), edition=line.edition, by=by, at=at)
    event = LineApproved(**about(line), approval_id=str(line.approval_id or ""))
    record(event, thread=line.package.case.thread, by=by, at=at, edition=line.edition)


def approval_ref(line: Line) -> str:
    """Return how the ledger calls the approval of a line."""
    return f"approval:{line.approval_id}"


@verb
def note_granted(*, matter: str, approval_id: UUID, by: Actor, at: dt.datetime) -> None:
    """Hear that an approval was granted; the line that waits for it may be offered."""
    line = line_of_matter(matter)
    if line is None or line.state != State.PROPOSED or line.approval_id != approval_id:
        return
    _approved(line, by=by, at=at)
    settle_package(line.package, at=at)


@verb
def note_ended(*, matter: str, approval_id: UUID, why: str, by: Actor, at: dt.datetime) -> None:
    """Hear that an approval was refused, ran out or was taken back; what was promised is owed no longer."""
    line = line_of_matter(matter)
    if line is None or line.approval_id != approval_id or line.state not in (State.PROPOSED, State.APPROVED):
        return
    _unpromise(line, why=why, by=by, at=at)
    save(line, "refuse")
    event = LineRefused(**about(line), approval_id=str(approval_id), why=why)
    record(event, thread=line.package.case.thread, by=by, at=at, edition=line.edition)
    settle_package(line.package, at=at)


def take_back(line: Line, *, why: str, by: Actor, at: dt.datetime, is_kept: bool = False) -> None:
    """Void the approval of a line and take back what was promised for it; `is_kept` leaves the row as it stands."""
    if line.approval_id is None:
        return
    _unpromise(line, why=why, by=by, at=at)
    if not line.executed_at:
        void_for_change(line.matter, new_hash="", by=DESK, at=at)
    if not is_kept:
        line.approval_id = None


def _unpromise(line: Line, *, why: str, by: Actor, at: dt.datetime) -> None:
    if line.amount_minor and line.pays:
        ledger.withdraw(line.matter, why=why, by=by, at=at)


def void_approvals(package: Package, *, by: Actor, at: dt.datetime) -> None:
    """Void what was approved or asked for under an assessment that no longer holds; its lines are drafts again."""
    rows = Line.objects.filter(package=package, state__in=[State.PROPOSED, State.APPROVED])
    for line in rows.select_related("package__case__thread"):
        line.package = package
        take_back(line, why="reassessed", by=by, at=at)
        save(line, "edit", "approval_id")
