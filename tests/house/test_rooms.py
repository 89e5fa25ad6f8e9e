"""Each room explains itself and keeps to the seven file names."""

import pytest

from tests.house.source import HOUSE, ROOMS

SEVEN = {"policy", "events", "models", "queries", "actions", "tasks"}
BESIDE = {"apps", "migrations", "__init__", "reactions", "channels", "management", "providers"}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_explains_itself_in_thirty_lines(room: str) -> None:
    readme = (HOUSE / room / "README.md").read_text("utf8")
    assert 5 <= len(readme.splitlines()) <= 30


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_uses_the_seven_names(room: str) -> None:
    found = {path.stem for path in (HOUSE / room).iterdir() if path.suffix == ".py" or path.is_dir()} - {"__pycache__"}
    assert found <= SEVEN | BESIDE, found - SEVEN - BESIDE
