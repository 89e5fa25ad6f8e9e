"""Asks for an escalation, and takes the asking back."""

import datetime as dt
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from recourse.cases.actions import add_reader, lift_hold, place_hold, restrict
from recourse.cases.actions.keeping import load as load_case
from recourse.cases.models import Case
from recourse.cases.policy import ReaderReason
from recourse.cases.queries.find import CaseKey
from recourse.clocks.actions import migrate, start_duty, start_for_case
from recourse.clocks.queries.told import story_of
from recourse.conversations.models import Attachment
from recourse.escalations.actions.keeping import ask, clean_note, load, number_of, save, staff_of, tell
from recourse.escalations.events import EscalationRequested, EscalationWithdrawn
from recourse.escalations.models import Escalation, Ground
from recourse.escalations.policy import NoticeKind, Request, State, is_ping_pong
from recourse.escalations.queries.facts import as_json, bounces_of
from recourse.escalations.queries.find import open_escalation
from recourse.escalations.queries.preview import Preview, weigh, why_not
from recourse.escalations.queries.said import invalid
from recourse.handbook.policy.escalation import EvidenceItem, EvidenceType
from recourse.kit.actor import Actor, system
from recourse.kit.cards import mask_cards
from recourse.kit.errors import Invalid, Refused
from recourse.kit.text import clean_text
from recourse.kit.time import iso
from recourse.kit.transactions import verb
from recourse.people.models import Staff
from recourse.people.policy import Permission
from recourse.people.queries import holders_of, leads_of
from recourse.timeline.actions.record import record

UNDECIDED = "escalation_open"
UNDER = str(Permission.ESCALATION_REQUEST)


@verb
def request(case_key: CaseKey, asked: Request, *, by: Actor, at: dt.datetime, seen: int | None = None) -> Escalation:
    """Ask that a case leave the front line, on grounds with evidence; the same asking twice is one.

    Raises NotVisible, Stale, Invalid with a field for everything that is missing, Refused where nothing that is met
    carries it, where another escalation is open, or where the actor may not. On a ground that starts a statutory
    clock or narrows readers, both happen at once.
    """
    case = load_case(case_key, by=by, seen=seen)
    standing = open_escalation(case)
    if standing is not None and _is_same(standing, asked, by):
        return standing
    refusal = why_not(case, by)
    if refusal is not None:
        raise refusal
    weighed = weigh(case, asked, by=by, at=at)
    _require_qualified(weighed)
    _require_files(case, weighed)
    found = _write(case, asked, weighed, by=by, at=at)
    _consequences(found, weighed, by=by, at=at)
    return found


def _is_same(standing: Escalation, asked: Request, by: Actor) -> bool:
    """Tell whether this is the same asking again: same person, same state of things, same grounds."""
    is_his = standing.requester_id == by.staff_id and standing.state == State.REQUESTED
    same_case = (standing.severity, standing.impact) == (asked.severity.value, asked.impact.value)
    claimed = set(standing.grounds.filter(is_computed=False).values_list("code", flat=True))
    return is_his and same_case and claimed == {claim.code for claim in asked.claims}


def _require_qualified(weighed: Preview) -> None:
    found = weighed.assessment
    if found.missing:
        raise invalid(found.missing)
    if not found.qualifies:
        raise Refused("escalation.unqualified", weighed.sentence)
    if weighed.refusal is not None:
        raise weighed.refusal


def _items(weighed: Preview) -> dict[tuple[str, str], EvidenceItem]:
    grounds = weighed.edition.rules.escalation.grounds
    return {(ground.code, item.key): item for ground in grounds for item in ground.evidence}


def _require_files(case: Case, weighed: Preview) -> None:
    """Refuse evidence that names a file of another case, or none."""
    items = _items(weighed)
    for verdict in weighed.assessment.grounds:
        for key, value in verdict.evidence.items():
            item = items.get((verdict.code, key))
            if item is None or item.type is not EvidenceType.FILE or not isinstance(value, tuple):
                continue
            here = Attachment.objects.filter(case=case, removed_at__isnull=True, pk__in=value).count()
            if here != len(value):
                field = f"grounds.{verdict.code}.{key}"
                raise Invalid.one(field, _("Choose files of this case."))


def _write(case: Case, asked: Request, weighed: Preview, *, by: Actor, at: dt.datetime) -> Escalation:
    bounces = bounces_of(case)
    is_stuck = is_ping_pong(bounces, limit=weighed.edition.rules.escalation.bounce_limit)
    last = Escalation.objects.filter(case=case).aggregate(last=Max("number"))["last"] or 0
    assert weighed.team is not None
    found = Escalation.objects.create(
        case=case,
        number=last + 1,
        requester=staff_of(by),
        on_behalf_of_id=by.on_behalf_of,
        severity=asked.severity,
        impact=asked.impact,
        tier=weighed.assessment.tier,
        computed_tier=weighed.assessment.tier,
        team=weighed.team,
        edition=number_of(weighed.edition),
        facts=as_json(weighed.facts),
        bounces=bounces,
        is_ping_pong=is_stuck,
        supervisor=leads_of(case.team_id).first() if is_stuck else None,
        origin_queue=case.queue,
        origin_owner_id=case.owner_id,
        requested_at=at,
        gate_due_at=weighed.gate_due_at,
        due_at=weighed.due_at,
    )
    items = _items(weighed)
    Ground.objects.bulk_create(
        Ground(escalation=found, code=verdict.code, is_met=verdict.is_met, is_computed=verdict.is_computed,
               **_parted(verdict.code, verdict.evidence, items))
        for verdict in weighed.assessment.grounds
        if verdict.is_claimed or verdict.is_met
    )  # fmt: skip
    return found


def _parted(code: str, evidence: Any, items: dict[tuple[str, str], EvidenceItem]) -> dict[str, Any]:
    """Part typed values from a person's own words, which can be taken out again; card numbers are never kept."""
    values: dict[str, Any] = {}
    words: dict[str, str] = {}
    for key, value in evidence.items():
        item = items.get((code, key))
        if item is not None and item.type is EvidenceType.TEXT:
            words[key] = mask_cards(clean_text(str(value), field=f"grounds.{code}.{key}")).text
        else:
            values[key] = list(value) if isinstance(value, tuple) else value
    return {"evidence": values, "words": words}


def _consequences(found: Escalation, weighed: Preview, *, by: Actor, at: dt.datetime) -> None:
    """Record it; hold the case, keep the requester's view, start statutory clocks, narrow readers, call the lead."""
    case, assessment = found.case, weighed.assessment
    entry = record(_event(found, weighed), thread=case.thread, by=by, at=at, edition=found.edition)
    place_hold(case.pk, reason=UNDECIDED, by=by, at=at, under=UNDER)
    add_reader(case.pk, staff_id=found.requester_id, why=ReaderReason.REQUESTER, by=by, at=at, under=UNDER)
    for clock in assessment.statutory:
        _start_duty(found, clock, since=_aware_since(weighed, clock, at), by=by, at=at)
    if assessment.restricts_readers and not case.is_restricted:
        restrict(case.pk, reader_ids=readers_of(found), by=by, at=at, under=UNDER)
    if found.supervisor_id:
        tell({found.supervisor_id}, NoticeKind.PING_PONG, case=case, entry=entry, at=at, found=found,
             times=found.bounces)  # fmt: skip


def _aware_since(weighed: Preview, clock: str, at: dt.datetime) -> dt.datetime:
    """Return since when we know: the start (UTC) of the earliest day that the evidence asks for, or now."""
    values = {verdict.code: verdict.evidence for verdict in weighed.assessment.met}
    days = [
        str(values[code][key])
        for (code, key), item in _items(weighed).items()
        if item.type is EvidenceType.DATE and item.is_required and key in values.get(code, {})
        and _starts(weighed, code) == clock
    ]  # fmt: skip
    return min([at, *(dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC) for day in days)])


def _starts(weighed: Preview, code: str) -> str | None:
    ground = weighed.edition.rules.escalation.ground(code)
    return ground.starts_clock if ground else None


def _start_duty(found: Escalation, clock: str, *, since: dt.datetime, by: Actor, at: dt.datetime) -> None:
    """Start a statutory clock, whatever edition the case's other clocks run under."""
    case = found.case
    if story_of(case.pk) is None:
        start_for_case(case, by=by, at=at)
    try:
        start_duty(case_id=case.pk, key=clock, since=since, by=by, at=at, ref=str(found.pk))
    except LookupError:
        migrate([case.pk], edition=found.edition, by=system("escalations"), at=at)
        start_duty(case_id=case.pk, key=clock, since=since, by=by, at=at, ref=str(found.pk))


def readers_of(found: Escalation) -> list[Any]:
    """Return who must see a case on a ground that narrows readers: who asked, who decides, who leads and works it."""
    deciding = set(holders_of(Permission.ESCALATION_GATE).values_list("pk", flat=True))
    working = set(Staff.objects.filter(memberships__team=found.team, is_active=True).values_list("pk", flat=True))
    named = {found.requester_id, found.case.owner_id, found.case.contact_owner_id, found.supervisor_id}
    return sorted((named | deciding | working) - {None}, key=str)


def _event(found: Escalation, weighed: Preview) -> EscalationRequested:
    return EscalationRequested(
        escalation_id=str(found.pk),
        number=found.number,
        grounds=[verdict.code for verdict in weighed.assessment.met],
        severity=found.severity,
        impact=found.impact,
        tier=found.tier,
        team=found.team.slug,
        gate_due_at=iso(found.gate_due_at),
        due_at=iso(found.due_at),
        bounces=found.bounces,
        is_ping_pong=found.is_ping_pong,
        statutory=list(weighed.assessment.statutory),
    )


@verb
def withdraw(
    case_key: CaseKey, number: int, *, by: Actor, at: dt.datetime, note: str = "", seen: int | None = None
) -> Escalation:
    """Take back an asking of one's own that the gate has not decided; what the law started goes on."""
    found = load(case_key, number, by=by, seen=seen)
    ask("withdraw", found, by)
    words = clean_note(note)
    save(found, "withdraw", at=at)
    event = EscalationWithdrawn(escalation_id=str(found.pk), number=found.number)
    record(event, thread=found.case.thread, by=by, at=at, note=words)
    lift_hold(found.case_id, reason=UNDECIDED, by=by, at=at, under=UNDER)
    return found
