"""Numbers that people act on: with their interval, or “too few to say”."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from recourse.web.parts.piece import Part


@dataclass(frozen=True, slots=True)
class Stat(Part):
    """One number, already formatted, with its interval. `is_few` says “too few to say” instead."""

    template: ClassVar[str] = "parts/stat.html"
    label: str
    value: str
    low: str = ""
    high: str = ""
    note: str = ""
    href: str = ""
    is_few: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a figure, from zero. `low` and `high` bound the interval; None where there is none."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    href: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A bar in percent of the figure's width, with its words."""

    bar: Bar
    width: float
    low: float | None
    high: float | None
    says: str
    interval: str


@dataclass(frozen=True, slots=True)
class Figure(Part):
    """Bars from zero, labelled directly, intervals drawn, the table behind.

    `scale` is the value of the full width (the largest bound where it is left out); `unit` follows each number.
    """

    template: ClassVar[str] = "parts/figure.html"
    title: str
    bars: Sequence[Bar]
    unit: str = ""
    decimals: int = 0
    note: str = ""
    scale: float | None = None
    target: float | None = None
    target_label: str = ""

    def _full(self) -> float:
        bounds = [bound for bar in self.bars for bound in (bar.value, bar.high) if bound is not None]
        return self.scale or max([*bounds, self.target or 0.0], default=0.0) or 1.0

    def _says(self, value: float) -> str:
        return f"{number_format(value, self.decimals)}{self.unit}"

    def _percent(self, value: float | None) -> float | None:
        return None if value is None else round(100 * max(0.0, min(value / self._full(), 1.0)), 2)

    @property
    def target_percent(self) -> float | None:
        """Return where the target line stands."""
        return self._percent(self.target)

    @property
    def target_says(self) -> str:
        """Say the target."""
        return self._says(self.target) if self.target is not None else ""

    @property
    def drawn(self) -> list[_Drawn]:
        """Return the bars as they are drawn."""
        return [self._draw(bar) for bar in self.bars]

    def _draw(self, bar: Bar) -> _Drawn:
        interval = ""
        if bar.low is not None and bar.high is not None:
            interval = _("%(low)s to %(high)s") % {"low": self._says(bar.low), "high": self._says(bar.high)}
        says = _("too few to say") if bar.value is None else self._says(bar.value)
        return _Drawn(
            bar, self._percent(bar.value) or 0.0, self._percent(bar.low), self._percent(bar.high), says, interval
        )


@dataclass(frozen=True, slots=True)
class Progress(Part):
    """Work that takes a while: how much is done, and that one may leave."""

    template: ClassVar[str] = "parts/progress.html"
    label: str
    done: int
    total: int | None = None
    note: str = ""
