"""Links of one use: each lets one person decide one matter without a seat at the desk; only its hash is kept."""

import datetime as dt
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext as _

from recourse.approvals.actions.deciding import decide
from recourse.approvals.actions.keeping import load, tell, which
from recourse.approvals.events import DecisionLinkMade
from recourse.approvals.models import Approval, Ask, DecisionLink
from recourse.approvals.policy import AskState, Said, State, needs_fresh_factor
from recourse.approvals.queries.links import LINK_PATH, SIGNER, open_link
from recourse.approvals.queries.said import refused
from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor, system
from recourse.kit.errors import Refused
from recourse.kit.ids import digest, random_token
from recourse.kit.models import locked
from recourse.kit.time import iso
from recourse.kit.transactions import verb
from recourse.people.models import Staff
from recourse.people.queries import actor_for


@verb
def make_link(approval_id: UUID, *, staff_id: UUID, by: Actor, at: dt.datetime) -> str:
    """Make a link by which somebody who is asked decides one matter, once, and return its address.

    Only the system makes one, to send it to that very person; older links to the same die. It ends with the asking.
    """
    if not by.is_system:
        raise Refused("link.not_yours", _("A link is sent to who must decide, to nobody else."), is_permission=True)
    found = load(approval_id, by=by)
    is_asked = Ask.objects.filter(approval=found, staff_id=staff_id, state=AskState.OPEN).exists()
    if found.state != State.ASKED or not is_asked or found.expires_at is None:
        raise refused(Said("approval.state", {"state": found.state}))
    older = DecisionLink.objects.filter(approval=found, staff_id=staff_id, spent_at__isnull=True)
    older.update(digest=None, spent_at=at)
    secret = random_token(32)
    DecisionLink.objects.create(
        approval=found, staff_id=staff_id, digest=digest(secret), made_at=at, expires_at=found.expires_at
    )
    event = DecisionLinkMade(**which(found), staff=str(staff_id), expires_at=iso(found.expires_at))
    tell(event, found, by=by, at=at)
    return f"{settings.SITE_URL}{LINK_PATH}{SIGNER.sign(secret)}/"


@verb
def decide_by_link(token: str, *, verdict: str, terms_hash: str, note: str, at: dt.datetime) -> Approval:
    """Decide by a link, once, as the person it was made for; a high value needs signing in instead.

    Raises Refused(link.dead) for one that is spent, late, forged or of a closed account.
    """
    link = open_link(token, at=at)
    held = locked(DecisionLink.objects.filter(pk=link.pk, spent_at__isnull=True)).first() if link else None
    if link is None or held is None:
        raise refused(Said("link.dead"))
    if needs_fresh_factor(edition_at(at).rules.authority, link.approval.counted_minor):
        raise refused(Said("link.sign_in"))
    held.digest, held.spent_at = None, at
    held.save(update_fields=["digest", "spent_at"])
    return decide(
        link.approval_id, verdict=verdict, terms_hash=terms_hash, note=note, by=actor_for(link.staff), at=at,
        by_link=True,
    )  # fmt: skip


def mail_asked(*, approval_id: UUID, staff_ids: list[str], at: dt.datetime) -> None:
    """Mail each person who is asked a link of their own, where the company has set up mail."""
    if not settings.HAS_EMAIL:
        return
    asked = Ask.objects.filter(approval_id=approval_id, staff_id__in=staff_ids, state=AskState.OPEN)
    for staff in Staff.objects.filter(pk__in=asked.values("staff_id"), is_active=True):
        link = make_link(approval_id, staff_id=staff.pk, by=system("approvals"), at=at)
        with translation.override(staff.language):
            body = _("You are asked to decide an approval.\n\n%(link)s\n\nThe link is yours alone and works once.")
            send_mail(_("An approval waits for you"), body % {"link": link}, settings.DEFAULT_FROM_EMAIL, [staff.email])
