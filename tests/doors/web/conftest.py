"""What the tests of the web door share."""

import pytest

from recourse.kit.actor import system
from recourse.kit.time import now
from recourse.people.actions import hire, sync_roles
from recourse.people.models import Staff


@pytest.fixture
def administrator(transactional_db: None) -> Staff:
    """Hire an administrator."""
    sync_roles(at=now())
    return hire(email="ana@desk.example", name="Ana Costa", roles=["administrator"], by=system("test"), at=now())
