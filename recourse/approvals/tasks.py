"""What the worker does for approvals."""

import datetime as dt
import json
from uuid import UUID

from recourse.approvals import actions
from recourse.timeline.events import Event
from recourse.timeline.reactions import Happened


def look_after(at: dt.datetime) -> int:
    """Remind, move on and let run out; return how many moved."""
    return actions.look_after(at=at)


def mail_asked(event: Event, happened: Happened) -> None:
    """Mail those who are asked."""
    told = json.loads(event.payload())
    actions.mail_asked(approval_id=UUID(told["approval_id"]), staff_ids=told["staff_ids"], at=happened.at)
