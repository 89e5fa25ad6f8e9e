"""Mail to people about their own account, where the company has set up mail; never the only copy of anything."""

import datetime as dt
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext as _

from recourse.people.actions.sign_in import answer_reset
from recourse.people.models import Staff


def mail_reset_link(*, address: str, at: dt.datetime) -> None:
    """Mail the link for a new password to who has the address; nothing where nobody has it."""
    if not settings.HAS_EMAIL:
        return
    answer = answer_reset(address=address, at=at)
    if answer is None:
        return
    to, link = answer
    body = _(
        "Somebody, hopefully you, asked for a new password.\n\n%(link)s\n\n"
        "The link works once, for a day. If it was not you, do nothing."
    )
    send_mail(_("A new password for Recourse"), body % {"link": link}, settings.DEFAULT_FROM_EMAIL, [to])


def mail_notice(*, staff_id: UUID, sentence: str) -> None:
    """Mail somebody that the protection of their account has changed: `sentence` says what, without a subject."""
    staff = Staff.objects.filter(pk=staff_id, is_active=True).first() if settings.HAS_EMAIL else None
    if staff is None:
        return
    with translation.override(staff.language):
        body = _(
            "On your Recourse account: %(sentence)s.\n\nIf it was not you, tell an administrator at once.\n%(site)s"
        )
        words = body % {"sentence": sentence, "site": settings.SITE_URL}
        send_mail(_("Your Recourse account"), words, settings.DEFAULT_FROM_EMAIL, [staff.email])
