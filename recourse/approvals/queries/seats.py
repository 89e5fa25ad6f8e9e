"""From which seat an actor would decide."""

from recourse.approvals.models import Approval, Ask
from recourse.approvals.policy import AskState, Matter, Organisation, Said, Seat, seat
from recourse.kit.actor import Actor


def seat_of(found: Approval, matter: Matter, around: Organisation, by: Actor) -> Seat | Said:
    """Return the seat from which an actor decides: their own, or that of whom they are asked, or act, for."""
    accounts = {one.staff_id: one for one in around.colleagues}
    own = accounts.get(by.staff_id) if by.staff_id else None
    if own is None:
        return Said("approval.permission", {"permission": "approval:decide"})
    if by.on_behalf_of is not None:
        giver = accounts.get(by.on_behalf_of)
        return seat(own, matter, around, giver) if giver else Said("approval.not_delegate")
    mine = seat(own, matter, around)
    if isinstance(mine, Seat) and mine.counts:
        return mine
    asked = Ask.objects.filter(approval=found, staff_id=own.staff_id, state=AskState.OPEN, on_behalf_of__isnull=False)
    for staff_id in asked.values_list("on_behalf_of_id", flat=True):
        giver = accounts.get(staff_id)
        theirs = seat(own, matter, around, giver) if giver else None
        if isinstance(theirs, Seat):
            return theirs
    return mine
