"""What the tests of the ledger share."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from recourse.handbook.models import Edition
from tests.cast import AT, Cast
from tests.equipment.provider import FakePsp, running
from tests.rooms.clocks.build import publish
from tests.rooms.handbook.changed import rules, tree
from tests.rooms.ledger.build import Story, tell_story


@pytest.fixture
def story(cast: Cast) -> Story:
    """Return a case about an order that was paid with 100.00 EUR by card."""
    return tell_story(cast)


@pytest.fixture
def with_rates(cast: Cast) -> Edition:
    """Publish an edition that knows what a dollar is worth in euros."""
    worth = {"from_currency": "USD", "to_currency": "EUR", "value": "0.92315", "source": "ECB 2026-03-01"}
    money = {**tree()["money"], "rates": [worth]}
    return publish(rules(money=money), number=2, at=AT - dt.timedelta(days=1), cast=cast)


@pytest.fixture(scope="session")
def _processor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakePsp]:
    with running(tmp_path_factory.mktemp("psp")) as found:
        yield found


@pytest.fixture
def psp(_processor: FakePsp, settings: Any, tmp_path: Path) -> FakePsp:
    """Return the processor, emptied, and let the product pay through it."""
    _processor.tell("wipe")
    _processor.tell("reset", now=AT.timestamp())
    for name, value in _processor.settings.items():
        setattr(settings, name, value)
    settings.DATA_DIR = tmp_path
    return _processor
