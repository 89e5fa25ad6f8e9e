"""Times as people say them: relative, with the exact instant in the viewer's zone behind."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from recourse.web.parts.piece import Part, fill, icon

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def length(seconds: float) -> str:
    """Say a length in at most two units: “40 min”, “3 h 20 min”, “2 d 4 h”, “12 d”."""
    seconds = abs(int(seconds))
    if seconds < HOUR:
        return _("%(n)d min") % {"n": seconds // MINUTE}
    if seconds < DAY:
        return _two(
            _("%(n)d h") % {"n": seconds // HOUR}, _("%(n)d min"), seconds % HOUR // MINUTE, seconds < 10 * HOUR
        )
    return _two(_("%(n)d d") % {"n": seconds // DAY}, _("%(n)d h"), seconds % DAY // HOUR, seconds < 3 * DAY)


def _two(large: str, pattern: str, small: int, is_fine: bool) -> str:
    return f"{large} {pattern % {'n': small}}" if is_fine and small else large


def exact(at: dt.datetime) -> str:
    """Say an instant in the viewer's zone, with the zone named."""
    local = timezone.localtime(at)
    return f"{date_format(local, 'j M Y, H:i')} {local.tzname()}"


def stretch(starts_at: dt.datetime, ends_at: dt.datetime) -> str:
    """Say a stretch of time in the viewer's zone; within one day: “3 Mar 2026, 09:00–12:30 UTC”."""
    start, end = timezone.localtime(starts_at), timezone.localtime(ends_at)
    if start.date() == end.date() and start.tzname() == end.tzname():
        return f"{date_format(start, 'j M Y, H:i')}–{date_format(end, 'H:i')} {end.tzname()}"
    return f"{exact(starts_at)} – {exact(ends_at)}"


def relative(at: dt.datetime, *, now: dt.datetime) -> str:
    """Say an instant from where the viewer stands: “in 3 h”, “20 min ago”; beyond 14 days the date."""
    seconds = (at - now).total_seconds()
    if abs(seconds) < MINUTE:
        return pgettext("at this moment", "now")
    if abs(seconds) > 14 * DAY:
        return date_format(timezone.localtime(at), "j M Y")
    return (_("in %(length)s") if seconds > 0 else _("%(length)s ago")) % {"length": length(seconds)}


@dataclass(frozen=True, slots=True)
class Moment(Part):
    """An instant: relative in the text, exact on hover and in `datetime`."""

    at: dt.datetime
    now: dt.datetime

    @property
    def exact(self) -> str:
        """Say the instant with its zone."""
        return exact(self.at)

    def render(self) -> SafeString:
        """Draw the `<time>` that the page keeps up to date."""
        return fill(
            '<time datetime="{}" title="{}" data-relative-time>{}</time>',
            self.at.isoformat(), self.exact, relative(self.at, now=self.now),
        )  # fmt: skip


class DueState(StrEnum):
    """How a clock stands."""

    RUNNING = "running"
    PAUSED = "paused"
    WARN = "warn"
    BREACHED = "breached"
    MET = "met"
    NONE = "none"


_DUE_ICON = {
    DueState.RUNNING: "clock",
    DueState.PAUSED: "circle-pause",
    DueState.WARN: "triangle-alert",
    DueState.BREACHED: "octagon-alert",
    DueState.MET: "circle-check",
}


_DUE_WORD = {
    DueState.RUNNING: gettext_lazy("due"),
    DueState.PAUSED: gettext_lazy("paused since"),
    DueState.WARN: gettext_lazy("due soon"),
    DueState.BREACHED: gettext_lazy("late, was due"),
    DueState.MET: gettext_lazy("met, was due"),
}


@dataclass(frozen=True, slots=True)
class Due(Part):
    """A due time with its state in word, shape and colour. `what` names the clock where several stand together."""

    at: dt.datetime | None
    now: dt.datetime
    state: DueState | str = DueState.RUNNING
    what: str = ""

    def word(self) -> str:
        """Say the state."""
        return str(_DUE_WORD[DueState(self.state)])

    def render(self) -> SafeString:
        """Draw the due time; without one, say that nothing is due."""
        if self.at is None or self.state == DueState.NONE:
            return fill('<span class="due">{}</span>', _("nothing due"))
        state = DueState(self.state)
        what = f"{self.what}: " if self.what else ""
        return fill(
            '<span class="due is-{}">{}<span>{}{} {}</span></span>',
            state.value, icon(_DUE_ICON[state]), what, self.word(), Moment(self.at, self.now).render(),
        )  # fmt: skip
