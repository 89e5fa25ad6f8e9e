"""What the worker does for this room: reactions after the commit, and lines of the schedule."""

import datetime as dt
import json
from uuid import UUID

from recourse.kit.actor import system
from recourse.people import actions
from recourse.timeline.events import Event
from recourse.timeline.reactions import Happened


def mail_reset_link(event: Event, happened: Happened) -> None:
    """Answer a request for a new password."""
    actions.mail_reset_link(address=happened.note, at=happened.at)


def mail_notice(event: Event, happened: Happened) -> None:
    """Tell a person what happened to their account."""
    actions.mail_notice(staff_id=UUID(json.loads(event.payload())["staff"]), sentence=event.sentence())


def lapse_skills(at: dt.datetime) -> None:
    """Take away the skills whose last day has passed."""
    actions.lapse_skills(by=system("people"), at=at)


def tidy(at: dt.datetime) -> None:
    """Forget what guessing left behind."""
    actions.tidy(at=at)
