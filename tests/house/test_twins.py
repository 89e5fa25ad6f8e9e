"""Tests notice when a guard is removed: every bad twin makes its named test fail."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.house.source import ROOT
from tests.twins import Twin, every_twin
from tests.twins.runner import key

IS_POSTGRES = connection.vendor == "postgresql"
FOUND = [(name, twin) for name, twin in every_twin() if twin.is_for_postgres is IS_POSTGRES]


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Run all named tests with their twins in one process with a database of its own."""
    out = tmp_path_factory.mktemp("twins") / "report.json"
    suffix = os.environ.get("RECOURSE_TEST_SUFFIX", "") + "_twins"
    named = sorted({twin.test for _name, twin in FOUND})
    runner = ["-p", "tests.twins.runner", "-p", "no:randomly", "--create-db", "--continue-on-collection-errors"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *runner, *named],
        cwd=ROOT,
        env={**os.environ, "RECOURSE_TEST_SUFFIX": suffix, "RECOURSE_TWINS_REPORT": str(out), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )
    if not out.exists():
        pytest.fail(ran.stdout[-3000:] + ran.stderr[-3000:])
    met: dict[str, str] = json.loads(out.read_text("utf8"))
    if not met:
        pytest.fail(ran.stdout[-3000:] + ran.stderr[-3000:])
    return met


@pytest.mark.parametrize("twin", [twin for _name, twin in FOUND], ids=[f"{name}: {twin.guard}" for name, twin in FOUND])
def test_the_named_test_fails_without_its_guard(twin: Twin, report: dict[str, str]) -> None:
    met = report.get(key(twin), "never ran: is the test's name right?")
    if met == "skipped":
        pytest.skip("the named test is left out here")
    assert met == "caught", f"{twin.test} without “{twin.guard}”: {met}"


def test_each_named_test_stands_where_the_list_says() -> None:
    lost = [twin.test for _name, twin in every_twin() if not (Path(ROOT) / twin.test.split("::")[0]).exists()]
    assert not lost
