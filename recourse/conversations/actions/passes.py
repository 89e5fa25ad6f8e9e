"""Verbs of the customer's link to “my case”: one in force per case and person, kept as a hash, always with an end."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from recourse.conversations.events import PassIssued, PassRevoked
from recourse.conversations.models import CasePass
from recourse.conversations.policy.words import PASS_DAYS
from recourse.conversations.queries.held import case_held
from recourse.kit.actor import Actor
from recourse.kit.errors import Refused
from recourse.kit.ids import digest, random_token
from recourse.kit.time import iso
from recourse.kit.transactions import verb
from recourse.people.policy import Permission
from recourse.timeline.actions import record


@dataclass(frozen=True, slots=True)
class IssuedPass:
    """A new pass; its token is shown once and kept nowhere."""

    token: str
    expires_at: dt.datetime


@verb
def issue_pass(*, case_ref: str, by: Actor, at: dt.datetime, days: int = PASS_DAYS) -> IssuedPass:
    """Make a link to “my case” of 256 random bits for the case's customer; an older link stops working.

    Raises NotVisible, Refused(pass.no_customer).
    """
    by.require(Permission.MESSAGE_SEND)
    case = case_held(case_ref, by=by)
    if case.customer_id is None:
        raise Refused("pass.no_customer", _("This case has no customer yet; set one first."))
    CasePass.objects.filter(case=case, customer_id=case.customer_id, revoked_at__isnull=True).update(revoked_at=at)
    token = random_token(32)
    made = CasePass.objects.create(
        case=case,
        customer_id=case.customer_id,
        digest=digest(token),
        made_at=at,
        expires_at=at + dt.timedelta(days=days),
    )
    record(PassIssued(str(made.pk), iso(made.expires_at)), thread=case.thread, by=by, at=at)
    return IssuedPass(token, made.expires_at)


@verb
def revoke_pass(*, case_ref: str, by: Actor, at: dt.datetime) -> None:
    """Switch off every link to “my case” of a case. Raises NotVisible, Refused(pass.none)."""
    by.require(Permission.MESSAGE_SEND)
    case = case_held(case_ref, by=by)
    in_force = list(CasePass.objects.filter(case=case, revoked_at__isnull=True))
    if not in_force:
        raise Refused("pass.none", _("No link to “my case” is in force."))
    CasePass.objects.filter(pk__in=[one.pk for one in in_force]).update(revoked_at=at)
    for one in in_force:
        record(PassRevoked(str(one.pk)), thread=case.thread, by=by, at=at)
