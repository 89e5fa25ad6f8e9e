"""Checks of what runs: the worker, the outbox, the schedule, the record, the people, the calendars."""

import datetime as dt
import importlib.metadata
import os
import stat
import zoneinfo

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from recourse.handbook.queries import latest
from recourse.kit.time import now
from recourse.ops import schedule
from recourse.ops.doctor.finding import Finding, check, ill, warning, well
from recourse.ops.record import KEY_NAME, checkpoint_folders
from recourse.ops.worker import shared_now
from recourse.people.queries import active_staff, has_second_factor, holders_of
from recourse.people.queries.demo import DEMO_DOMAIN, DEMO_PASSWORD
from recourse.timeline.models import Webhook
from recourse.timeline.policy import WebhookState
from recourse.timeline.queries import (
    last_checkpoint,
    last_seen_worker,
    oldest_unsealed_at,
    outbox_counts,
    slots,
    subscriptions,
    workers,
)

SILENT_AFTER = dt.timedelta(minutes=1)
WAITING_LONG = dt.timedelta(minutes=10)
OVERDUE = dt.timedelta(minutes=10)
SKEW = dt.timedelta(seconds=5)
SEALED_WITHIN = dt.timedelta(minutes=15)
CHECKPOINT_WITHIN = dt.timedelta(hours=3)
ZONES_WITHIN_DAYS = 550


@check("worker", lazy("A worker lives"), needs_tables=True)
def worker(at: dt.datetime) -> Finding:
    """Look for a heartbeat within the last minute."""
    living = workers(seen_after=shared_now() - SILENT_AFTER)
    if living:
        return well(_("%(living)s at work") % {"living": len(living)})
    last = last_seen_worker()
    since = f" since {last.seen_at:%Y-%m-%d %H:%M} UTC" if last else ""
    return ill(
        _("No worker lives%(since)s: nothing is delivered, no clock runs out. Run: recourse work") % {"since": since}
    )


@check("stuck", lazy("No delivery is stuck"), needs_tables=True)
def stuck(at: dt.datetime) -> Finding:
    """Count the stuck deliveries."""
    count = outbox_counts(at=at).stuck
    return ill(_("%(count)s deliveries are stuck. See Set-up → Deliveries.") % {"count": count}) if count else well()


@check("waiting", lazy("Deliveries leave in time"), needs_tables=True)
def waiting(at: dt.datetime) -> Finding:
    """Look at the oldest delivery that is due."""
    oldest = outbox_counts(at=at).oldest_due_at
    if oldest and at - oldest > WAITING_LONG:
        return ill(
            _("A delivery has been due since %(oldest)s UTC. Is the worker too slow, or stopped?")
            % {"oldest": f"{oldest:%Y-%m-%d %H:%M}"}
        )
    return well()


@check("schedule", lazy("Every line of the schedule runs at its time"), needs_tables=True)
def lines(at: dt.datetime) -> Finding:
    """Look for lines that are overdue, unknown or failed."""
    kept = {slot.name: slot for slot in slots()}
    missing = sorted(set(schedule.lines()) - set(kept))
    late = [name for name, slot in kept.items() if at - slot.next_run_at > OVERDUE]
    failed = [name for name, slot in kept.items() if slot.last_error]
    if missing or late:
        return ill(_("Lines of the schedule that do not run: %(missing)s.") % {"missing": ", ".join([*missing, *late])})
    return (
        warning(_("Lines of the schedule that failed last time: %(failed)s.") % {"failed": ", ".join(failed)})
        if failed
        else well()
    )


@check("clock", lazy("This machine's clock agrees with the database's"))
def clock(at: dt.datetime) -> Finding:
    """Compare the two clocks."""
    apart = abs(shared_now() - now())
    if apart > SKEW:
        return ill(
            _("This machine's clock is %(apart)s s away from the database's. Set both by NTP.")
            % {"apart": f"{apart.total_seconds():.0f}"}
        )
    return well()


@check("sealing", lazy("Entries are sealed into the tree"), needs_tables=True)
def sealing(at: dt.datetime) -> Finding:
    """Look for an old entry that is not sealed."""
    oldest = oldest_unsealed_at()
    if oldest and at - oldest > SEALED_WITHIN:
        return ill(
            _("Entries since %(oldest)s UTC are not sealed. Does the worker run `record.seal`?")
            % {"oldest": f"{oldest:%Y-%m-%d %H:%M}"}
        )
    return well()


@check("record-key", lazy("The key that signs checkpoints is readable by its owner alone"))
def record_key_file(at: dt.datetime) -> Finding:
    """Look at the permissions of the key."""
    place = settings.DATA_DIR / KEY_NAME
    if not place.exists():
        return warning(_("There is no key yet; the worker makes one with the first checkpoint."))
    if stat.S_IMODE(place.stat().st_mode) & 0o077:
        return ill(_("Others can read the key that signs the record. Run: chmod 600 %(place)s") % {"place": place})
    return well()


@check("checkpoints", lazy("The record is signed every hour"), needs_tables=True)
def checkpoints(at: dt.datetime) -> Finding:
    """Look at the newest checkpoint."""
    newest = last_checkpoint()
    if newest is None:
        return warning(_("The record is not signed yet. The worker signs it every hour."))
    if at - newest.at > CHECKPOINT_WITHIN:
        return ill(
            _("The record was last signed at %(newest)s UTC. Does the worker run?")
            % {"newest": f"{newest.at:%Y-%m-%d %H:%M}"}
        )
    return well()


@check("checkpoints-leave", lazy("Checkpoints leave the machine"), needs_tables=True)
def checkpoints_leave(at: dt.datetime) -> Finding:
    """Look for a place outside: a folder of another machine, or a webhook that hears of checkpoints."""
    unwritable = [str(place) for place in checkpoint_folders()[1:] if not os.access(place, os.W_OK)]
    if unwritable:
        return ill(_("Checkpoints cannot be written to %(unwritable)s.") % {"unwritable": ", ".join(unwritable)})
    is_told = any({"*", "checkpoint.signed"} & events for _key, events in subscriptions())
    if settings.CHECKPOINT_FOLDERS or is_told:
        return well()
    return warning(
        _(
            "Checkpoints stay on this machine, where who rewrites the record can rewrite them too. "
            "Set RECOURSE_CHECKPOINTS to a folder elsewhere, or add a webhook for checkpoint.signed."
        )
    )


@check("webhooks", lazy("No webhook was given up"), needs_tables=True)
def webhooks(at: dt.datetime) -> Finding:
    """Count the disabled webhooks."""
    count = Webhook.objects.filter(state=WebhookState.DISABLED).count()
    return (
        warning(_("%(count)s webhooks failed for days and are disabled. See Set-up → Webhooks.") % {"count": count})
        if count
        else well()
    )


@check("demo-passwords", lazy("Nobody signs in with the demo's password"), needs_tables=True)
def demo_passwords(at: dt.datetime) -> Finding:
    """Try the demo's password on the demo's people."""
    rows = active_staff().filter(email__endswith=f"@{DEMO_DOMAIN}").order_by("joined_at")[:3]
    if not any(check_password(DEMO_PASSWORD, staff.password) for staff in rows):
        return well()
    said = "The demo company's people can sign in with the password that everybody knows."
    is_local = not settings.IS_HTTPS and any(host in settings.SITE_URL for host in ("127.0.0.1", "localhost"))
    return warning(said) if is_local else ill(said)


@check("administrators", lazy("Somebody administers, with a second factor"), needs_tables=True)
def administrators(at: dt.datetime) -> Finding:
    """Look for administrators and their second factors."""
    found = list(holders_of("system:operate"))
    if not found:
        return ill(_("Nobody may operate the system. Run: recourse createuser"))
    bare = [staff for staff in found if not has_second_factor(staff.pk)]
    return (
        warning(_("%(bare)s administrators sign in without a second factor.") % {"bare": len(bare)}) if bare else well()
    )


@check("handbook", lazy("An edition of the handbook is in force"), needs_tables=True)
def handbook(at: dt.datetime) -> Finding:
    """Look for a published edition."""
    return well() if latest() else ill(_("No edition of the handbook is published. Run: recourse setup"))


@check("time-zones", lazy("The time zones of all calendars are known"), needs_tables=True)
def time_zones(at: dt.datetime) -> Finding:
    """Open every zone that the edition in force names."""
    edition = latest()
    named = {calendar.zone for calendar in edition.rules.calendars} if edition else set()
    unknown = sorted(zone for zone in named if zone not in zoneinfo.available_timezones())
    return (
        ill(_("Unknown time zones: %(unknown)s.") % {"unknown": ", ".join(unknown)})
        if unknown
        else well(_("%(named)s zones") % {"named": len(named)})
    )


@check("zone-history", lazy("The table of time zones is fresh"))
def zone_history(at: dt.datetime) -> Finding:
    """Look at the age of the table, which is in its version: year and number."""
    version = importlib.metadata.version("tzdata")
    year = int(version.split(".")[0])
    if (at - dt.datetime(year, 1, 1, tzinfo=dt.UTC)).days > ZONES_WITHIN_DAYS:
        return warning(
            _("The table of time zones is of %(year)s; countries change their clocks. Update the tzdata package.")
            % {"year": year}
        )
    return well(version)
