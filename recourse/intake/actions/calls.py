"""The phone log: a call becomes a note on a case that is there, or a new case."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from recourse.cases import actions as cases
from recourse.cases.models import Case
from recourse.cases.policy import Channel
from recourse.cases.queries.find import case_by_ref
from recourse.clocks import actions as clocks
from recourse.conversations import actions as conversations
from recourse.conversations.queries.held import staff_behind
from recourse.customers.policy import IdentityKind, normal_identity
from recourse.handbook.queries import edition_at
from recourse.intake.actions.people import person_for
from recourse.intake.actions.taking import new_case, propose
from recourse.intake.events import CallLogged
from recourse.intake.models import PhoneCall
from recourse.intake.policy.validation import row_of, validated
from recourse.intake.policy.words import CallDirection
from recourse.intake.queries.matching import duplicates_of, front_door
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid
from recourse.kit.text import clean_line
from recourse.kit.transactions import verb
from recourse.people.policy import Permission
from recourse.timeline.actions import record

DAY = 86_400


@verb
def log_call(
    *,
    direction: CallDirection,
    began_at: dt.datetime,
    notes: str,
    by: Actor,
    at: dt.datetime,
    seconds: int = 0,
    number: str = "",
    is_answered: bool = True,
    case_ref: str = "",
    given: Mapping[str, Any] | None = None,
) -> PhoneCall:
    """Log a call with direction, time, length in seconds, number and notes, on a case or as a new one.

    `given` describes a new case in the fields of the form; its customer is found by the number where nothing else says.
    Raises Invalid(began_at, seconds, number, notes), NotVisible for a case that is hidden or absent.
    """
    by.require(Permission.INTAKE_LOG)
    _check(began_at, seconds, at)
    spoken = _number(number)
    case = case_by_ref(case_ref, viewer=by) if case_ref else _open(given or {}, notes, spoken, began_at, by, at)
    message = conversations.note(case_ref=case.ref, text=notes, by=by, at=began_at)
    call = PhoneCall.objects.create(
        case=case,
        staff_id=staff_behind(by),
        message_id=message.pk,
        direction=direction,
        number=spoken,
        began_at=began_at,
        seconds=seconds,
        is_answered=is_answered,
    )
    logged = CallLogged(str(call.pk), str(message.pk), direction, seconds, is_answered)
    record(logged, thread=case.thread, by=by, at=began_at)
    is_answer = is_answered or direction is CallDirection.INBOUND
    cases.touch_activity(case.pk, at=began_at + dt.timedelta(seconds=seconds), is_answer=is_answer)
    return call


def _check(began_at: dt.datetime, seconds: int, at: dt.datetime) -> None:
    if not 0 <= seconds <= DAY:
        raise Invalid.one("seconds", _("A call lasts between nothing and a day."))
    if began_at + dt.timedelta(seconds=seconds) > at:
        raise Invalid.one("began_at", _("This lies in the future."))


def _number(number: str) -> str:
    if not number.strip():
        return ""
    normal = normal_identity(IdentityKind.PHONE, number)
    return normal or clean_line(number, field="number", limit=40)


def _open(given: Mapping[str, Any], notes: str, number: str, began_at: dt.datetime, by: Actor, at: dt.datetime) -> Case:
    described = {"subject": notes.strip().split("\n")[0][:120], **given}
    if number.startswith("+") and not described.get("phone"):
        described["phone"] = number
    rules = edition_at(at).rules
    row = validated(
        row_of(described, channel=Channel.PHONE.value, source_ref="", received_at=began_at),
        text_limit=rules.intake.limits.message_characters,
        families=[family.key for family in rules.families],
        is_wordless=True,
    )
    customer = person_for(row.person, by=by, at=at, is_verified=False)
    case = cases.open_case(new_case(row, customer, front_door()), by=by, at=at)
    clocks.start_for_case(case, by=by, at=at)
    propose(case, duplicates_of(case, notes, rules.intake.matching), by=by, at=at)
    return case
