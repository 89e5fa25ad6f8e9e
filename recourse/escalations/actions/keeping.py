"""What every verb of an escalation does first and last: load through what the actor may see, lock, ask, write."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.cases.actions.keeping import load as load_case
from recourse.cases.models import Case, Queue
from recourse.cases.queries.find import CaseKey
from recourse.escalations.models import Escalation, GateDecision, Notice
from recourse.escalations.policy import MOVES_BY_NAME, NoticeKind, Said, Verdict, may_move, note_refusal
from recourse.escalations.queries.find import BESIDE, mover_of, standing_of
from recourse.escalations.queries.said import refused, say
from recourse.handbook.models import Edition
from recourse.handbook.policy.reasons import ReturnReason
from recourse.handbook.policy.rules import Rules
from recourse.kit.actor import Actor
from recourse.kit.cards import mask_cards
from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.kit.models import locked
from recourse.kit.text import clean_text
from recourse.people.models import Staff, Team
from recourse.timeline.models import Entry

NOTE_LIMIT = 4000


def load(case_key: CaseKey, number: int, *, by: Actor, seen: int | None = None) -> Escalation:
    """Return an escalation, with its case locked before it; NotVisible where hidden, Stale where it has moved on."""
    case = load_case(case_key, by=by)
    rows = Escalation.objects.visible_to(by).select_related(*BESIDE).filter(case=case, number=number)
    found: Escalation | None = locked(rows).first()
    if found is None:
        raise NotVisible
    if seen is not None and seen != found.version:
        raise Stale(_("Somebody decided meanwhile. Look at it again."), current=found.version)
    found.case = case
    return found


def ask(move: str, found: Escalation, by: Actor) -> None:
    """Raise Refused unless the table lets this actor make this move now."""
    said = may_move(move, standing_of(found), mover_of(by))
    if said is not None:
        raise refused(said)


def save(found: Escalation, move: str, *fields: str, at: dt.datetime) -> None:
    """Write a locked escalation in the state that a move leads to; where that is an end, the instant of it."""
    found.state = MOVES_BY_NAME[move].to_state or found.state
    if not found.is_open:
        found.ended_at = at
    found.version += 1
    found.save(update_fields=["state", "ended_at", "version", *fields])


def staff_of(by: Actor) -> Staff:
    """Return the member of staff who acts; nobody else moves an escalation."""
    found = Staff.objects.filter(pk=by.staff_id).first() if by.staff_id else None
    if found is None:
        raise Refused("escalation.staff_only", _("Only staff decide about an escalation."), is_permission=True)
    return found


def clean_note(note: str, *, field: str = "note", minimum: int = 0) -> str:
    """Return a person's note without control characters and card numbers; too short raises Invalid."""
    cleaned = mask_cards(clean_text(note, field=field, limit=NOTE_LIMIT)).text
    said = note_refusal(cleaned, minimum=minimum)
    if said is not None:
        raise Invalid.one(field, say(said))
    return cleaned


def return_reason(code: str, rules: Rules) -> ReturnReason:
    """Return a reason for giving a case back; Invalid for one that the handbook does not have."""
    found = rules.reasons.return_reason(code)
    if found is None:
        raise Invalid.one("reason", say(Said("gate.reason_unknown")))
    return found


def queue_of(team: Team) -> Queue:
    """Return the queue where a team's new cases arrive."""
    rows = Queue.objects.filter(team=team, is_active=True).select_related("team")
    found = rows.order_by("-is_default", "slug").first()
    if found is None:
        raise Refused("escalation.no_queue", _("The team “%(team)s” has no queue.") % {"team": team.name})
    return found


def number_of(edition: Edition) -> int:
    """Return the number of a published edition."""
    return edition.number or 0


def decide(
    found: Escalation, verdict: Verdict, *, by: Actor, at: dt.datetime, edition: Edition, entry: Entry,
    reason: str = "", tier_before: str = "",
) -> GateDecision:  # fmt: skip
    """Write what was decided, for ever."""
    return GateDecision.objects.create(
        escalation=found,
        verdict=verdict,
        reason=reason,
        by=staff_of(by),
        on_behalf_of_id=by.on_behalf_of,
        at=at,
        edition=number_of(edition),
        is_pass_through=found.is_pass_through and verdict is Verdict.RETURN,
        tier_before=tier_before or found.tier,
        tier_after=found.tier,
        team_after=found.team,
        entry=entry,
    )


def tell(staff_ids: set[UUID | None], kind: NoticeKind, *, case: Case, entry: Entry, at: dt.datetime,
         found: Escalation | None = None, **words: str | int) -> None:  # fmt: skip
    """Put a notice on the Today of some people, once for each entry; whoever did it is not told."""
    doer = entry.actor_id.partition(":")[2] if entry.actor_kind == "staff" else ""
    kept = sorted({key for key in staff_ids if key is not None and str(key) != doer}, key=str)
    Notice.objects.bulk_create(
        [Notice(staff_id=key, case=case, escalation=found, kind=kind, words=words, entry=entry, at=at) for key in kept],
        ignore_conflicts=True,
    )


def parties(found: Escalation) -> set[UUID | None]:
    """Return who asked, and for whom."""
    return {found.requester_id, found.on_behalf_of_id}
