"""What the worker does beside deliveries: tickers, asked at every turn, and the schedule; `config` fills both."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ticker:
    """Something that looks for due work: `act(at)` does some and returns how much; 0 must cost next to nothing.

    One that leaves the machine (`is_outside`) is asked by the threads that do so, perhaps by two at once.
    """

    name: str
    act: Callable[[dt.datetime], int]
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the schedule: `act(at)` runs when the cron expression (UTC) says, on one worker at a time."""

    name: str
    cron: str
    act: Callable[[dt.datetime], object]


_tickers: list[Ticker] = []
_lines: dict[str, Line] = {}


def plug(*, tickers: Sequence[Ticker], lines: Sequence[Line]) -> None:
    """Set what there is to do; called once, at start."""
    _tickers[:] = tickers
    _lines.clear()
    for line in lines:
        if line.name in _lines:
            raise TypeError(f"two lines of the schedule are called {line.name}")
        _lines[line.name] = line


def tickers() -> Sequence[Ticker]:
    """Return what is asked at every turn."""
    return tuple(_tickers)


def lines() -> dict[str, Line]:
    """Return the lines of the schedule by name."""
    return dict(_lines)
