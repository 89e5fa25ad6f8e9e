"""The desk that the tests of this room share."""

import pytest

from tests.cast import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """The company, with nobody's case open yet."""
    return make_cast()
