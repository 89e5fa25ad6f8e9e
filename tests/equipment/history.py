"""The history checker: after a run the provider's log, the ledger and the record must agree (invariants i to ix)."""

import datetime as dt
from collections import Counter

from recourse.ledger.models import Attempt, Break, MoneyTask, Posting
from recourse.ledger.policy import AttemptState
from recourse.ledger.queries import check_ledger
from recourse.timeline.models import Entry
from recourse.timeline.queries.checking import check_record
from tests.equipment.provider import FakePsp

LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def violations(psp: FakePsp, *, at: dt.datetime, charges: set[str] | None = None) -> list[str]:
    """Return every way in which provider and ledger disagree; a difference that stands before a person is none.

    `charges` narrows the provider's log to one run's own.
    """
    effects = [row for row in psp.effects() if charges is None or row["charge"] in charges]
    return [*_effects(effects), *_paid(effects), *_ledger(at), *_record(), *_told()]


def _effects(effects: list[dict[str, object]]) -> list[str]:
    """(i) and (ii): one approval, at most one effect; each effect one approved attempt and one ledger transaction."""
    found = []
    standing = [row for row in effects if row["status"] != "failed"]
    for reference, times in Counter(str(row["reference"]) for row in standing).items():
        if times > 1:
            found.append(f"(i) {reference} was paid {times} times")
    attempts = {attempt.key: attempt for attempt in Attempt.objects.all()}
    approvals = Counter(
        attempts[str(row["reference"])].approval_ref for row in standing if row["reference"] in attempts
    )
    found += [f"(i) {one} was paid {times} times" for one, times in approvals.items() if times > 1]
    explained = set(Break.objects.values_list("subject", flat=True)) | set(
        MoneyTask.objects.filter(done_at__isnull=True).values_list("subject", flat=True)
    )
    for row in standing:
        attempt = attempts.get(str(row["reference"]))
        if attempt is None:
            if row["id"] not in explained:
                found.append(f"(ii) {row['id']} has no approval")
            continue
        executed = Posting.objects.filter(
            matter=attempt.matter, stage="executed", reverses__isnull=True, reversal__isnull=True
        ).count()
        if executed != 1 and attempt.key not in explained:
            found.append(f"(ii) {row['id']} stands {executed} times in the ledger ({attempt.state})")
    return found


def _paid(effects: list[dict[str, object]]) -> list[str]:
    """(ii) the other way: what the ledger calls paid was paid."""
    standing = {row["reference"] for row in effects if row["status"] != "failed"}
    paid = Attempt.objects.filter(provider="card", state=AttemptState.SUCCEEDED).values_list("key", flat=True)
    broken = set(Break.objects.filter(resolved_at__isnull=True).values_list("subject", flat=True))
    return [f"(ii) {key} is called paid and was not" for key in paid if key not in standing and key not in broken]


def _ledger(at: dt.datetime) -> list[str]:
    """(iii) to (vi) and (ix), as the product itself checks them."""
    return [f"{one.rule}: {one.about} kept {one.kept}, reckoned {one.reckoned}" for one in check_ledger(at=at)]


def _record() -> list[str]:
    """(viii): the record verifies."""
    verdict = check_record(at=LONG_AGO, key=None)
    return [f"(viii) {fault}" for fault in verdict.faults]


def _told() -> list[str]:
    """(viii): every movement of a case's money has its event, exactly once each."""
    found = []
    rows = Posting.objects.filter(case__isnull=False, reverses__isnull=True, stage__in=("executed", "settled"))
    told = Counter(Entry.objects.filter(event__in=("money.executed", "money.settled")).values_list("event", flat=True))
    posted = Counter(f"money.{stage}" for stage in rows.values_list("stage", flat=True))
    for name in sorted({*told, *posted}):
        if told[name] != posted[name]:
            found.append(f"(viii) {name}: {told[name]} events for {posted[name]} postings")
    return found
