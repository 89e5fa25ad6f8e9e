"""A named place where a fault can be put, for tests that break things on purpose; costs one look at a set otherwise.

RECOURSE_FAULTS is a list like `ledger.planned=kill@3,provider.after_call=sleep:0.2`: at the third pass, or at each.
"""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable

NAMES = frozenset({
    "ledger.planned", "ledger.claimed", "ledger.heard", "ledger.noted", "provider.before_call", "provider.after_call",
    "inbox.kept", "inbox.taken", "reconcile.listed", "reconcile.written", "voucher.issued", "voucher.spent",
    "manual.confirmed",
})  # fmt: skip
_faults: dict[str, tuple[str, int]] = {}
_passed: Counter[str] = Counter()
_watchers: list[Callable[[str], None]] = []


class CrashError(BaseException):
    """The fault of the mode `raise`: like the end of the process, it is caught by nobody."""


def crashpoint(name: str) -> None:
    """Do nothing, unless a fault is put here or somebody watches."""
    if not _faults and not _watchers:
        return
    _pass(name)


def _pass(name: str) -> None:
    if name not in NAMES:
        raise LookupError(f"no crash point is called {name}")
    _passed[name] += 1
    for watch in tuple(_watchers):
        watch(name)
    mode, turn = _faults.get(name, ("", 0))
    if not mode or (turn and _passed[name] != turn):
        return
    if mode == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if mode.startswith("sleep:"):
        time.sleep(float(mode.partition(":")[2]))
    if mode == "raise":
        raise CrashError(name)


def watch(look: Callable[[str], None] | None) -> None:
    """Let `look` be told of every pass; None ends that."""
    _watchers[:] = [look] if look else []


def set_faults(told: str) -> None:
    """Put the faults that a list names, in place of those before; an empty one takes all away."""
    _faults.clear()
    _passed.clear()
    for part in filter(None, told.split(",")):
        name, _sign, fault = part.partition("=")
        mode, _at, turn = fault.partition("@")
        if name not in NAMES:
            raise LookupError(f"no crash point is called {name}")
        _faults[name] = (mode, int(turn or 0))


set_faults(os.environ.get("RECOURSE_FAULTS", ""))
