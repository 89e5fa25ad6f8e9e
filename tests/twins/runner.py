"""A pytest plugin: runs each collected test as it is, then once with each of its twins, and writes down what failed.

Used by `tests/house/test_twins.py` in a process of its own: `pytest -p tests.twins.runner <tests>` with
RECOURSE_TWINS_REPORT naming the file to write.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

from tests.twins import Twin, every_twin

_report: dict[str, str] = {}
_applied: list[Twin] = []


def key(twin: Twin) -> str:
    """Return what names a twin in the report."""
    return f"{twin.test} without: {twin.guard}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Hold the patch of the present twin while the test itself runs."""
    with pytest.MonkeyPatch.context() as patch:
        for twin in _applied:
            twin.patch(patch)
        return (yield)  # type: ignore[misc]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Run a test plainly, then with each twin that is not caught yet: one of a test's parameters is enough."""
    node = item.nodeid.split("[")[0]
    waiting = [twin for _name, twin in every_twin() if twin.test == node and _report.get(key(twin)) != "caught"]
    if not waiting:
        item.session._setupstate.teardown_exact(nextitem)
        return True
    plain = _outcome(item, nextitem)
    for twin in waiting:
        if plain == "passed":
            _applied.append(twin)
            outcome = _outcome(item, nextitem)
            _applied.clear()
            _note(key(twin), "caught" if outcome.startswith("failed") else "survived")
        else:
            _note(key(twin), "skipped" if plain == "skipped" else f"broken even with its guard: {plain}")
    return True


def _note(name: str, met: str) -> None:
    """Keep the strongest that was met over all parameters of a test."""
    rank = ["skipped", "broken", "survived", "caught"]
    _report[name] = max(met, _report.get(name, met), key=lambda said: rank.index(said.split()[0]))


def _outcome(item: pytest.Item, nextitem: pytest.Item | None) -> str:
    """Return passed, skipped, or how it failed: only a failure of the test itself begins with “failed”."""
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    if any(report.skipped for report in reports):
        return "skipped"
    for report in reports:
        if report.failed:
            return f"{'failed' if report.when == 'call' else report.when} {str(report.longrepr)[-600:]}"
    return "passed"


def pytest_sessionfinish() -> None:
    """Write the report."""
    Path(os.environ["RECOURSE_TWINS_REPORT"]).write_text(json.dumps(_report), encoding="utf8")
