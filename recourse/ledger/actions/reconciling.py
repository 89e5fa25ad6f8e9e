"""Compares a provider's list with the ledger, keeps every difference until a person has said what it was."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext as _

from recourse.kit.actor import Actor, system
from recourse.kit.crashpoint import crashpoint
from recourse.kit.errors import NotVisible, Refused
from recourse.kit.models import locked
from recourse.kit.outbound import UnreachableError
from recourse.kit.text import clean_text
from recourse.kit.transactions import verb
from recourse.ledger.actions.extras import UNEXPLAINED, suspend, theirs, unsuspend
from recourse.ledger.actions.hearing import hear
from recourse.ledger.actions.posting import post
from recourse.ledger.actions.stating import tell
from recourse.ledger.actions.tasks import require_seen
from recourse.ledger.events import BreakResolved, ReconciliationAsked, ReconciliationFinished
from recourse.ledger.models import Attempt, Break, Reconciliation
from recourse.ledger.policy import AttemptState, BreakKind, Heard, NewPosting, Stage, Told, Verdict
from recourse.ledger.policy.attempts import EXECUTED
from recourse.ledger.policy.chart import SUSPENSE, cost_of
from recourse.ledger.policy.comparing import MARGIN, Difference, Ours, Theirs, differences
from recourse.ledger.providers import Listed, configured, is_configured, provider
from recourse.ledger.providers.card import heard
from recourse.people.policy import Permission

PAGES_AT_MOST = 100_000
DAILY = dt.timedelta(days=4)
ALLOWED = {
    BreakKind.EXTRA: (Verdict.ACCEPTED, Verdict.RETURNED),
    BreakKind.TWICE: (Verdict.ACCEPTED, Verdict.RETURNED),
    BreakKind.MISSING: (Verdict.NOT_PAID, Verdict.EXPLAINED),
}


@verb
def ask_reconciliation(
    name: str, *, from_at: dt.datetime, until_at: dt.datetime, by: Actor, at: dt.datetime
) -> Reconciliation:
    """Let the worker compare what a provider lists for some days with the ledger; needs money:reconcile.

    Raises NotVisible for a provider that there is not, Refused (reconciliation.days) for days that are none.
    """
    by.require(Permission.MONEY_RECONCILE)
    if not is_configured(name):
        raise NotVisible
    if not from_at < until_at <= at:
        raise Refused("reconciliation.days", _("Choose days that begin before they end, and are over."))
    run = Reconciliation(provider=name, from_at=from_at, until_at=until_at, started_at=at, by=by.id, is_waiting=True)
    run.save(force_insert=True)
    tell(ReconciliationAsked(str(run.pk), name), None, by=by, at=at)
    return run


def reconcile(name: str, *, from_at: dt.datetime, until_at: dt.datetime, by: Actor, at: dt.datetime) -> Reconciliation:
    """Ask for a comparison and make it at once; as `ask_reconciliation`.

    A list that could not be read whole is compared with nothing: its row says why.
    """
    return _run(ask_reconciliation(name, from_at=from_at, until_at=until_at, by=by, at=at), by=by, at=at)


def run_reconciliations(*, at: dt.datetime) -> int:
    """Make the comparisons that were asked for, and return how many."""
    found = list(Reconciliation.objects.filter(is_waiting=True).order_by("started_at")[:2])
    for run in found:
        if is_configured(run.provider):
            _run(run, by=system("ledger"), at=at)
    return len(found)


def _run(run: Reconciliation, *, by: Actor, at: dt.datetime) -> Reconciliation:
    if not Reconciliation.objects.filter(pk=run.pk, is_waiting=True).update(is_waiting=False):
        return run
    run.is_waiting = False
    try:
        listed = _list(run.provider, run.from_at - MARGIN, run.until_at + MARGIN)
    except UnreachableError as error:
        Reconciliation.objects.filter(pk=run.pk).update(finished_at=at, error=error.code[:300])
        run.refresh_from_db()
        return run
    crashpoint("reconcile.listed")
    return _write(run, listed, by=by, at=at)


def reconcile_daily(*, at: dt.datetime) -> int:
    """Compare the last days of every provider, and return how many differences there were."""
    found = 0
    for name in configured():
        run = reconcile(name, from_at=at - DAILY, until_at=at, by=system("ledger"), at=at)
        found += run.found
    return found


def _list(name: str, from_at: dt.datetime, until_at: dt.datetime) -> list[Listed]:
    rows: dict[str, Listed] = {}
    cursor = None
    for _page in range(PAGES_AT_MOST):
        page = provider(name).list_page(from_at=from_at, until_at=until_at, cursor=cursor)
        rows.update({row.provider_ref: row for row in page.rows})
        if page.next_cursor is None:
            return list(rows.values())
        if page.next_cursor == cursor:
            break
        cursor = page.next_cursor
    raise UnreachableError("endless_list")


@verb
def _write(run: Reconciliation, listed: Sequence[Listed], *, by: Actor, at: dt.datetime) -> Reconciliation:
    theirs_all = [_theirs(row) for row in listed]
    ours = _ours(run, {row.reference for row in listed})
    attempts = {attempt.key: attempt for attempt in ours}
    compared = differences(
        [_ours_line(attempt) for attempt in ours], theirs_all, from_at=run.from_at, until_at=run.until_at, at=at
    )
    for one in compared:
        _keep(run, one, attempts, by, at)
    run.finished_at, run.found, run.ours = at, len(compared), len(ours)
    run.theirs = sum(run.from_at <= row.at < run.until_at for row in listed)
    run.save()
    told = ReconciliationFinished(str(run.pk), run.provider, run.theirs, run.ours, run.found)
    tell(told, None, by=by, at=at)
    crashpoint("reconcile.written")
    return run


def _ours(run: Reconciliation, references: set[str]) -> list[Attempt]:
    """Return all attempts that the provider names, and all that we paid through it in that time."""
    executed = Q(executed_at__gte=run.from_at, executed_at__lt=run.until_at, state__in=EXECUTED)
    paid = list(Attempt.objects.filter(executed, provider=run.provider))
    found = {attempt.key: attempt for attempt in paid}
    wanted = sorted(references - set(found) - {""})
    for start in range(0, len(wanted), 500):
        rows = Attempt.objects.filter(provider=run.provider, key__in=wanted[start : start + 500])
        found.update({attempt.key: attempt for attempt in rows})
    return list(found.values())


def _ours_line(attempt: Attempt) -> Ours:
    return Ours(
        attempt.key,
        attempt.amount,
        AttemptState(attempt.state),
        attempt.provider_ref,
        attempt.executed_at,
        attempt.first_sent_at,
    )


def _theirs(row: Listed) -> Theirs:
    return Theirs(
        row.provider_ref, row.reference, row.amount, heard(row.status), row.at, row.status, row.code, row.charge_ref
    )


def _keep(run: Reconciliation, one: Difference, attempts: dict[str, Attempt], by: Actor, at: dt.datetime) -> None:
    """Keep a difference, once however often it is seen; hear what mends it."""
    known = Break.objects.filter(provider=run.provider, kind=one.kind, subject=one.subject)
    standing = known.filter(resolved_at__isnull=True).first()
    if standing is not None:
        known.filter(pk=standing.pk).update(last_seen=run)
        return
    if one.kind in UNEXPLAINED and known.exists():
        return
    found = _break(run, one, attempts, at)
    if one.is_heard and one.ours is not None and one.theirs is not None:
        told = Told(one.theirs.heard, one.theirs.provider_ref, one.theirs.amount, one.theirs.code)
        hear(attempts[one.ours.key].pk, told, by=by, at=at)
        found.resolved_at, found.verdict = at, Verdict.TAKEN_OVER
    found.save(force_insert=True)
    if one.kind in UNEXPLAINED:
        suspend(found, by=by, at=at)


def _break(run: Reconciliation, one: Difference, attempts: dict[str, Attempt], at: dt.datetime) -> Break:
    other = one.theirs
    mine = one.ours
    return Break(
        provider=run.provider,
        kind=one.kind,
        subject=one.subject,
        attempt=attempts.get(mine.key) if mine else None,
        ours_minor=mine.amount.minor if mine and one.kind is not BreakKind.TWICE else None,
        theirs_minor=other.amount.minor if other else None,
        currency=mine.amount.currency if mine else other.amount.currency if other else "",
        their_currency=other.amount.currency if other else "",
        their_status=other.status if other else "",
        charge_ref=other.charge_ref if other else "",
        reference=other.reference if other else "",
        first_seen=run,
        last_seen=run,
        found_at=at,
    )


@verb
def resolve_break(
    break_id: UUID, *, verdict: Verdict, reason: str, by: Actor, at: dt.datetime, seen: int | None = None
) -> Break:
    """Say what a difference was; needs money:reconcile.

    Extra money is `accepted` as cost or came back (`returned`); a missing payment was `not_paid` after all, and is owed
    again, or `explained`; anything else is `explained`. Raises NotVisible, Stale, Invalid without a reason, Refused
    (break.verdict).
    """
    by.require(Permission.MONEY_RECONCILE)
    reason = clean_text(reason, field="reason", limit=2_000, is_required=True)
    found: Break | None = locked(Break.objects.select_related("attempt").filter(pk=break_id)).first()
    if found is None or found.resolved_at is not None:
        raise NotVisible
    require_seen(found.version, seen)
    if verdict not in ALLOWED.get(BreakKind(found.kind), (Verdict.EXPLAINED,)):
        raise Refused("break.verdict", _("A difference of this kind is not resolved in that way."))
    _carry_out(found, verdict, by, at)
    Break.objects.filter(pk=found.pk).update(
        resolved_at=at, resolved_by=by.staff_id, verdict=verdict, reason=reason, version=F("version") + 1
    )
    tell(BreakResolved(str(found.pk), found.kind, verdict), _case_id(found), by=by, at=at, note=reason)
    found.refresh_from_db()
    return found


def _carry_out(found: Break, verdict: Verdict, by: Actor, at: dt.datetime) -> None:
    if verdict is Verdict.RETURNED:
        unsuspend(found, by=by, at=at)
    elif verdict is Verdict.ACCEPTED:
        _bear(found, by, at)
    elif verdict is Verdict.NOT_PAID and found.attempt is not None:
        hear(found.attempt.pk, Told(Heard.FAILED, code="not_paid"), by=by, at=at)


def _bear(found: Break, by: Actor, at: dt.datetime) -> None:
    """Move unexplained money to cost: we paid it, whatever for."""
    amount = theirs(found)
    if amount is None:
        return
    matter = f"unexplained:{found.provider}:{found.subject}"[:120]
    new = NewPosting(
        key=f"accept:{found.pk}",
        from_account=SUSPENSE,
        to_account=cost_of("unexplained"),
        amount=amount,
        stage=Stage.MOVED,
        matter=matter,
        cause="unexplained",
        reference=found.subject,
    )
    post([new], by=by, at=at)


def _case_id(found: Break) -> UUID | None:
    return found.attempt.case_id if found.attempt else None
