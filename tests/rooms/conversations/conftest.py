"""The desk that the tests of this room share."""

from pathlib import Path
from typing import Any

import pytest

from tests.rooms.conversations.build import Desk, build


@pytest.fixture
def desk(db: None, settings: Any, tmp_path: Path) -> Desk:
    """A small desk with one open case, and a folder of its own for files."""
    settings.DATA_DIR = tmp_path
    return build()
