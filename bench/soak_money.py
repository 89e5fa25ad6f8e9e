"""The money promises at full counts: `python -m bench.soak_money [--short]`; hours, not minutes.

Runs the tests of the ledger with RECOURSE_SOAK=1 on SQLite and, where one answers, on PostgreSQL, and writes what was run,
what failed and how long it took to `bench/results/soak_money.json`.
"""

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from bench.frame import RESULTS, ROOT

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
TESTS = ("tests/rooms/ledger", "tests/rooms/kit/test_money.py")
SUFFIX = os.environ.get("RECOURSE_TEST_SUFFIX", "") + "_soak"


def run(name: str, url: str, is_short: bool) -> dict[str, Any]:
    """Run every test once on one database and return its figures."""
    report = Path(f"{RESULTS}/.soak_{name}.xml")
    env = {**os.environ, "RECOURSE_TEST_SUFFIX": SUFFIX, "RECOURSE_SOAK": "0" if is_short else "1"}
    env |= {"DATABASE_URL": url} if url else {}
    begun = time.monotonic()
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--create-db", f"--junitxml={report}", *TESTS],
        cwd=ROOT, env=env, check=False,
    )  # fmt: skip
    suite = ElementTree.parse(report).getroot().find("testsuite")
    report.unlink()
    assert suite is not None
    slowest = sorted(((float(one.get("time", 0)), one.get("name", "")) for one in suite.iter("testcase")), reverse=True)
    return {
        "database": name, "seconds": round(time.monotonic() - begun), "exit": ran.returncode,
        **{key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")},
        "slowest": [{"test": test, "seconds": round(seconds, 1)} for seconds, test in slowest[:12]],
    }  # fmt: skip


def main() -> int:
    """Run, write, and return 0 when nothing failed."""
    is_short = "--short" in sys.argv
    runs = [run("sqlite", "", is_short)]
    if subprocess.run([sys.executable, "-m", "tests.reach", POSTGRES], check=False, cwd=ROOT).returncode == 0:
        runs.append(run("postgresql", POSTGRES, is_short))
    told = {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "python": platform.python_version(),
            "cores": os.cpu_count(), "is_short": is_short, "runs": runs}  # fmt: skip
    (RESULTS / "soak_money.json").write_text(json.dumps(told, indent=1) + "\n", "utf8")
    sys.stdout.write(json.dumps(told, indent=1) + "\n")
    return 1 if any(one["exit"] for one in runs) else 0


if __name__ == "__main__":
    sys.exit(main())
