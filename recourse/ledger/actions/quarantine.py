"""Stops and frees all payments; notices by itself that the database is older than what went out from this machine."""

import datetime as dt
import os
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _

from recourse.kit.actor import Actor, system
from recourse.kit.errors import Refused
from recourse.kit.text import clean_line
from recourse.kit.transactions import verb
from recourse.ledger.actions.stating import tell
from recourse.ledger.events import PaymentsFreed, PaymentsHeld
from recourse.ledger.models import Attempt, PaymentsHold, Reconciliation
from recourse.ledger.policy import AttemptState
from recourse.ledger.providers import configured
from recourse.people.policy import Permission

RESTORED = "restored"
LOOKED_BACK = dt.timedelta(days=35)


@verb
def hold_payments(*, why: str, by: Actor, at: dt.datetime) -> PaymentsHold:
    """Let nothing go out to providers from now on; the same reason again changes nothing. Needs money:reconcile."""
    by.require(Permission.MONEY_RECONCILE)
    why = clean_line(why, field="why", limit=80, is_required=True)
    standing = PaymentsHold.objects.filter(why=why, lifted_at__isnull=True).first()
    if standing is not None:
        return standing
    PaymentsHold.objects.bulk_create([PaymentsHold(why=why, held_at=at, held_by=by.id)], ignore_conflicts=True)
    Attempt.objects.filter(state=AttemptState.PLANNED).update(is_looked_up_first=True, version=F("version") + 1)
    tell(PaymentsHeld(why), None, by=by, at=at)
    return PaymentsHold.objects.get(why=why, lifted_at__isnull=True)


@verb
def free_payments(*, by: Actor, at: dt.datetime) -> int:
    """Lift every hold, and return how many there were; needs money:reconcile.

    Raises Refused (payments.not_reconciled) unless each provider's list of the last 35 days was compared since.
    """
    by.require(Permission.MONEY_RECONCILE)
    holds = list(PaymentsHold.objects.filter(lifted_at__isnull=True).order_by("held_at"))
    for name in configured() if holds else ():
        since = max(hold.held_at for hold in holds)
        runs = Reconciliation.objects.filter(provider=name, started_at__gte=since, finished_at__isnull=False, error="")
        if not runs.filter(from_at__lte=since - LOOKED_BACK + dt.timedelta(days=1)).exists():
            said = _("First compare the last 35 days of “%(provider)s” with the ledger.") % {"provider": name}
            raise Refused("payments.not_reconciled", said)
    _forget_lost()
    for hold in holds:
        PaymentsHold.objects.filter(pk=hold.pk).update(lifted_at=at, lifted_by=by.id)
        tell(PaymentsFreed(hold.why), None, by=by, at=at)
    return len(holds)


def is_restored(*, at: dt.datetime) -> bool:
    """Tell whether the database has lost a payment that went out from this machine; if so, hold all payments."""
    if not _forget_lost():
        return False
    hold_payments(why=RESTORED, by=system("ledger"), at=at)
    return True


def _forget_lost() -> bool:
    """Take away the mark of a payment that the database does not know; tell whether there was one."""
    place = _mark()
    if not place.exists() or Attempt.objects.filter(pk=UUID(place.read_text("utf8").strip()), sends__gt=0).exists():
        return False
    place.unlink(missing_ok=True)
    return True


def mark_sent(attempt: Attempt) -> None:
    """Keep beside the database which payment went out last, so that an older database is noticed."""
    place = _mark()
    begun = place.with_name(f".{place.name}.{os.getpid()}")
    begun.write_text(str(attempt.pk), "utf8")
    begun.replace(place)


def _mark() -> Path:
    return Path(settings.DATA_DIR) / "last_payment"
