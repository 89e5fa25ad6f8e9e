"""The JSON door answers what its description says, whatever is sent: no 500, no answer that it did not declare.

Each operation gets the boundaries of its description, some fifty calls, and RECOURSE_CONTRACT_EXAMPLES made-up ones
(a soak: 1000).
"""

import os
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import override_settings
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from recourse.api.v1 import api
from tests.cast import make_cast
from tests.doors.api.world import World, make_world
from tests.doors.desk import taken_back

pytestmark = [pytest.mark.django_db, pytest.mark.slow_once, pytest.mark.xdist_group("contract")]
EXAMPLES = int(os.environ.get("RECOURSE_CONTRACT_EXAMPLES", "8"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
    missing_required_header,
]


@cache
def handler() -> WSGIHandler:
    """Return the product as a server calls it."""
    return WSGIHandler()


def application(environ: Any, start_response: Any) -> Any:
    """Answer one call."""
    return handler()(environ, start_response)


SCHEMA = schemathesis.openapi.from_dict(deepcopy(api.get_openapi_schema()))
SCHEMA.app = application


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Make the world once; each operation finds it as it was made."""
    folder: Path = tmp_path_factory.mktemp("files")
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    with django_db_blocker.unblock(), override_settings(DATA_DIR=folder), taken_back():
        yield make_world(make_cast())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def _django_db_helper(world: World) -> Iterator[None]:
    """Stand in for the transaction of each test, which would end that of the world."""
    with taken_back():
        yield


def meet(case: Any, world: World) -> None:
    """Let most well-formed calls name things that there are; by the call itself, so that a failure repeats."""
    chance = Random(repr((case.path_parameters, case.query, case.body)))
    if is_positive(case, ParameterLocation.PATH) and case.path_parameters and chance.random() < 0.8:
        case.path_parameters = {
            name: chance.choice(known(world, case, name)) or value for name, value in case.path_parameters.items()
        }
    if is_positive(case, ParameterLocation.BODY) and isinstance(case.body, dict) and chance.random() < 0.7:
        case.body = {
            name: given(world, case, name, value, chance) if chance.random() < 0.8 else value
            for name, value in case.body.items()
        }


def is_positive(case: Any, location: ParameterLocation) -> bool:
    """Tell whether this part of a call is as the description asks for."""
    part = case.meta.components.get(location) if case.meta else None
    return part is not None and part.mode is GenerationMode.POSITIVE


def known(world: World, case: Any, name: str) -> list[Any]:
    """Return the values that a parameter of this name may take, None where there are none."""
    if name == "ref" and "/customers/" in case.path:
        return world.values["customer"]
    if name == "slug":
        return world.values["skill" if "/skills/" in case.path else "team"]
    if name == "kind" and "/drafts/" in case.path:
        return ["reply", "note"]
    return world.values.get(name) or [None]


def given(world: World, case: Any, name: str, value: Any, chance: Random) -> Any:
    """Return a known value of the same form as the one that was made up, else that one."""
    found = chance.choice(known(world, case, name))
    if found is None or isinstance(value, bool):
        return value
    if isinstance(value, list):
        return [found] if all(isinstance(item, str) for item in value) else value
    if isinstance(value, int):
        return int(found) if found.isdigit() else value
    return found if isinstance(value, str) else value


@SCHEMA.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_every_answer_is_one_that_was_declared(world: World, case: Any) -> None:
    meet(case, world)
    case.call_and_validate(headers={"Authorization": f"Bearer {world.token}"}, checks=CHECKS)
