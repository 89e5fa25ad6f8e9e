"""Starts the fake processor, tells it what to do, and reads its log."""

import json
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.equipment.fakepsp import REPORT_SECRET, SECRET, signature


@dataclass
class FakePsp:
    """A running processor."""

    port: int
    path: Path
    process: Any = field(repr=False, default=None)

    @property
    def settings(self) -> dict[str, Any]:
        """Return what the product's settings say of it."""
        url = f"http://127.0.0.1:{self.port}"
        return {
            "PAYMENT_PROVIDERS": {"card": {"url": url, "secret": SECRET, "report_secrets": (REPORT_SECRET,)}},
            "OUTBOUND_ALLOW": frozenset({f"127.0.0.1:{self.port}"}),
        }

    def tell(self, order: str, **told: Any) -> dict[str, Any]:
        """Give it an order."""
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/_control/{order}", data=json.dumps(told).encode(), method="POST"
        )
        with urllib.request.urlopen(asked, timeout=10) as answer:
            found: dict[str, Any] = json.loads(answer.read())
        return found

    def rows(self, query: str, *given: Any) -> list[dict[str, Any]]:
        """Read its log."""
        log = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        log.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in log.execute(query, given)]
        finally:
            log.close()

    def effects(self) -> list[dict[str, Any]]:
        """Return every refund that it made."""
        return self.rows("SELECT * FROM refunds ORDER BY seq")

    def reports(self) -> list[bytes]:
        """Return every report that it would send, oldest first."""
        return [row["body"].encode() for row in self.rows("SELECT body FROM events ORDER BY seq")]


def signed(body: bytes, at: Any, secret: str = REPORT_SECRET) -> dict[str, str]:
    """Return the headers that sign a report at an instant."""
    return {"stripe-signature": signature(body, int(at.timestamp()), secret)}


@contextmanager
def running(folder: Path) -> Iterator[FakePsp]:
    """Run a processor with its log in a folder."""
    path = folder / "psp.sqlite3"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.equipment.fakepsp", str(path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield FakePsp(int(process.stdout.readline()), path, process)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
