"""Ends and uses of an approval by those who asked: withdrawn, void because the terms changed, carried out."""

import datetime as dt
from uuid import UUID

from recourse.approvals.actions import budgets
from recourse.approvals.actions.deciding import end
from recourse.approvals.actions.keeping import How, ask, clean_note, load, require_terms, save, tell, which
from recourse.approvals.events import ApprovalUsed, ApprovalVoided, ApprovalWithdrawn
from recourse.approvals.models import IS_LIVE, Approval
from recourse.approvals.policy import Said, State
from recourse.approvals.queries.said import refused
from recourse.approvals.queries.weighing import mover_of
from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor
from recourse.kit.transactions import verb
from recourse.people.policy import Permission


@verb
def withdraw(approval_id: UUID, *, note: str, by: Actor, at: dt.datetime, seen: int | None = None) -> Approval:
    """Take back an asking, or a grant that is not yet carried out, with a reason: by who asked or owns the case now."""
    by.require(Permission.APPROVAL_ASK)
    found = load(approval_id, by=by, seen=seen)
    ask("withdraw", found, mover_of(by))
    words = clean_note(note, is_required=True)
    event = ApprovalWithdrawn(**which(found), was_granted=found.state == State.GRANTED)
    return end(found, "withdraw", event, how=How(words), by=by, at=at)


@verb
def void_for_change(matter: str, *, new_hash: str, by: Actor, at: dt.datetime) -> Approval | None:
    """Void the live approval of a matter because its terms changed; None where there is none or they are the same.

    Part of the verb that changes the terms, which asks for its own right. Refused(approval.used) once carried out.
    """
    live = Approval.objects.filter(IS_LIVE, matter=matter).values_list("pk", "terms_hash").first()
    if live is None or live[1] == new_hash:
        return None
    found = load(live[0], by=by)
    ask("void", found, mover_of(by, is_inner=True))
    event = ApprovalVoided(**which(found), new_hash=new_hash, was_granted=found.state == State.GRANTED)
    return end(found, "void", event, how=How(), by=by, at=at)


@verb
def use_approval(approval_id: UUID, *, terms_hash: str, by: Actor, at: dt.datetime) -> Approval:
    """Note that what was approved is being carried out: it can then be reversed, but not taken back.

    Checked again: granted, the same terms, not older than the handbook lets it be, and by nobody who approved it.
    Part of the verb that carries it out. A second time changes nothing.
    """
    found = load(approval_id, by=by)
    ask("use", found, mover_of(by, is_inner=True))
    require_terms(found, terms_hash)
    if found.used_at is not None:
        return found
    lasts = edition_at(at).rules.authority.grant_lasts_days
    if found.decided_at is None or at - found.decided_at > dt.timedelta(days=lasts):
        raise refused(Said("approval.outdated", {"days": lasts}))
    found.used_at = at
    save(found, "use", "used_at", at=at)
    tell(ApprovalUsed(**which(found)), found, by=by, at=at)
    return found


@verb
def release_used(approval_id: UUID, *, by: Actor, at: dt.datetime) -> None:
    """Give back what a carried-out approval counts against limits, because nothing was paid or it came back.

    Part of the verb that hears of that, which records why. A second time changes nothing.
    """
    budgets.give_back(load(approval_id, by=by), by=by, at=at)
