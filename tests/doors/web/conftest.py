"""What the tests of the web door share."""

import pytest

from recourse.kit.actor import system
from recourse.kit.time import now
from recourse.people.actions import hire, sync_roles
from recourse.people.models import Staff


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """How a page looks does not depend on the database: each light is tried once."""
    for item in items:
        if "light" in getattr(getattr(item, "callspec", None), "params", {}):
            item.add_marker(pytest.mark.slow_once)


@pytest.fixture
def administrator(transactional_db: None) -> Staff:
    """Hire an administrator."""
    sync_roles(at=now())
    return hire(email="ana@desk.example", name="Ana Costa", roles=["administrator"], by=system("test"), at=now())
