"""The doctor: says what of an installation is not well, and what to do about it."""

import datetime as dt
from collections.abc import Sequence

from django.db import DatabaseError
from django.utils.translation import gettext as _

from recourse.ops.doctor import configuration, storage, work
from recourse.ops.doctor.finding import CHECKS, Check, Examined, Finding, Health, ill, left_out

__all__ = ["CHECKS", "Check", "Examined", "Finding", "Health", "configuration", "examine", "storage", "work"]


def examine(at: dt.datetime, *, only: Sequence[str] = ()) -> list[Examined]:
    """Run every check, or those named, and return what each found; what needs tables is left out without them."""
    has_tables = CHECKS["migrations"].look(at).health is Health.WELL
    chosen = [found for name, found in CHECKS.items() if not only or name in only]
    return [_examined(found, at, has_tables) for found in chosen]


def _examined(chosen: Check, at: dt.datetime, has_tables: bool) -> Examined:
    if chosen.needs_tables and not has_tables:
        finding = left_out(_("The database is not ready."))
    else:
        finding = _looked(chosen, at)
    return Examined(chosen.name, str(chosen.about), finding.health, finding.said)


def _looked(chosen: Check, at: dt.datetime) -> Finding:
    try:
        return chosen.look(at)
    except (DatabaseError, OSError) as error:
        return ill(_("This could not be looked at: %(error)s") % {"error": error})
