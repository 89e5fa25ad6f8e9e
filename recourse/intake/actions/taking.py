"""The verb through which everything new comes in: check, match, open or append, propose what may be the same."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from recourse.cases import actions as cases
from recourse.cases.models import Case, Queue
from recourse.cases.policy import Channel, Impact, Severity
from recourse.clocks import actions as clocks
from recourse.conversations import actions as conversations
from recourse.conversations.actions import Upload
from recourse.conversations.models import Message
from recourse.customers.models import Customer
from recourse.handbook.queries import edition_at
from recourse.intake.actions.people import person_for
from recourse.intake.events import DuplicateProposed
from recourse.intake.models import Submission
from recourse.intake.policy.matching import Proposal
from recourse.intake.policy.raw import raw_text
from recourse.intake.policy.rows import CaseRow
from recourse.intake.policy.validation import row_of, validated
from recourse.intake.policy.words import PER_SENDER_HOURLY, SENDER_WINDOW, SubmissionState
from recourse.intake.queries.matching import duplicates_of, front_door
from recourse.kit.actor import Actor
from recourse.kit.errors import Throttled
from recourse.kit.ids import digest
from recourse.kit.transactions import verb
from recourse.timeline.actions import record


@dataclass(frozen=True, slots=True)
class Submitted:
    """What came of a submission: the case, the message, whether it was known already, what may be the same."""

    submission: Submission
    case: Case
    message: Message | None
    is_known: bool
    proposals: Sequence[Proposal]


@verb
def submit(
    *,
    given: Mapping[str, Any],
    channel: Channel,
    by: Actor,
    at: dt.datetime,
    source_ref: str = "",
    sender: str = "",
    uploads: Sequence[Upload] = (),
    received_at: dt.datetime | None = None,
    is_verified: bool = False,
) -> Submitted:
    """Take in what a form or a program gave and open a case for it; the same `source_ref` twice is the same case.

    `sender` is the network address, kept as a digest and only to limit a flood: Throttled. The customer is found by
    exact identity or registered; cases that may be the same are proposed on the record. Raises Invalid by field.
    """
    if source_ref and (earlier := _earlier(channel, source_ref)):
        return earlier
    edition = edition_at(at)
    rules = edition.rules
    row = validated(
        row_of(given, channel=channel.value, source_ref=source_ref, received_at=received_at or at),
        text_limit=rules.intake.limits.message_characters,
        families=[family.key for family in rules.families],
        is_wordless=bool(uploads) or bool(str(given.get("subject") or "").strip()),
    )
    kept = _kept(given, row, channel, sender, at)
    refuse_flood(kept, rules.intake.acknowledgement.per_sender_hourly_limit, at)
    customer = person_for(row.person, by=by, at=at, is_verified=is_verified)
    case = cases.open_case(new_case(row, customer, front_door()), by=by, at=at)
    clocks.start_for_case(case, by=by, at=at)
    message = _first_message(case, row, uploads, is_verified, by)
    found = duplicates_of(case, row.words, rules.intake.matching)
    propose(case, found, by=by, at=at)
    kept.case, kept.message_id = case, message.pk if message else None
    kept.proposals = [asdict(proposal) for proposal in found]
    kept.save(force_insert=True)
    return Submitted(kept, case, message, is_known=False, proposals=found)


def _earlier(channel: Channel, source_ref: str) -> Submitted | None:
    found = Submission.objects.select_related("case").filter(channel=channel, source_ref=source_ref).first()
    if found is None or found.case is None:
        return None
    message = found.case.messages.filter(pk__in=[found.message_id]).first()
    return Submitted(found, found.case, message, is_known=True, proposals=[])


def _kept(given: Mapping[str, Any], row: CaseRow, channel: Channel, sender: str, at: dt.datetime) -> Submission:
    raw = raw_text(given)
    emails = [value for kind, value in (row.person.identities if row.person else ()) if kind == "email"]
    return Submission(
        channel=channel,
        state=SubmissionState.ACCEPTED,
        raw=raw,
        raw_sha256=digest(raw),
        source_ref=row.source_ref,
        sender_key=digest(sender) if sender else "",
        address_key=digest(emails[0]) if emails and sender else "",
        received_at=row.received_at,
        decided_at=at,
    )


def refuse_flood(kept: Submission, per_address: int, at: dt.datetime) -> None:
    """Stop a network address after ten an hour, and anybody who names the same mail address too often an hour."""
    for field, limit in (("sender_key", PER_SENDER_HOURLY), ("address_key", per_address)):
        key = getattr(kept, field)
        since = at - SENDER_WINDOW
        if key and Submission.objects.filter(**{field: key}, received_at__gt=since).count() >= limit:
            raise Throttled(
                _("Too many messages came from here within the hour. Please try again later."),
                retry_after=int(SENDER_WINDOW.total_seconds()),
            )


def new_case(row: CaseRow, customer: Customer | None, queue: Queue) -> cases.NewCase:
    """Return what is known of a case from a checked row."""
    return cases.NewCase(
        subject=row.subject,
        channel=Channel(row.channel),
        queue=queue,
        customer=customer,
        received_at=row.received_at,
        severity=Severity(row.severity),
        impact=Impact(row.impact),
        family=row.family,
        product=row.product,
        remedy_sought=row.remedy_sought,
        order_refs=row.order_refs,
        problem=row.problem,
        source=row.source[0],
        source_ref=row.source[1],
        ended=cases.Ending(row.closed_at, row.close_reason) if row.closed_at else None,
    )


def _first_message(case: Case, row: CaseRow, uploads: Sequence[Upload], is_verified: bool, by: Actor) -> Message | None:
    if not row.words.strip() and not uploads:
        return None
    return conversations.customer_writes(
        case_ref=case.ref,
        text=row.words,
        channel=row.channel,
        by=by,
        at=row.received_at,
        uploads=uploads,
        is_verified=is_verified,
    )


def propose(case: Case, found: Sequence[Proposal], *, by: Actor, at: dt.datetime) -> None:
    """Put proposals on the record of a case; none leaves no line."""
    if found:
        reasons = sorted({reason for proposal in found for reason in proposal.reasons})
        event = DuplicateProposed([proposal.ref for proposal in found], reasons, found[0].percent)
        record(event, thread=case.thread, by=by, at=at)
