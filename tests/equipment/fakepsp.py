"""A processor of cards that misbehaves on demand: a process of its own with a durable log, the judge of “paid twice”.

    python -m tests.equipment.fakepsp LOG.sqlite3

prints its port. What it does is written to its own SQLite file (WAL) before it answers. Semantics as documented for
Stripe's refunds API: a key answers with what it answered first, another content under it is an error, one in flight is
409, keys older than 24 hours of simulated time are forgotten. Faults wait in a queue, one for each request of a kind.
"""

import hashlib
import hmac
import json
import socket
import sqlite3
import sys
import threading
import time
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

SECRET = "sk_test_fake"
REPORT_SECRET = "whsec_fake"
KEY_LIVES = 24 * 3600
SCHEMA = """
CREATE TABLE IF NOT EXISTS charges (id TEXT PRIMARY KEY, amount INTEGER, currency TEXT);
CREATE TABLE IF NOT EXISTS refunds (
  id TEXT PRIMARY KEY, seq INTEGER UNIQUE, charge TEXT, amount INTEGER, currency TEXT, status TEXT, reason TEXT,
  reference TEXT, created INTEGER);
CREATE TABLE IF NOT EXISTS keys (key TEXT PRIMARY KEY, content TEXT, status INTEGER, body TEXT, created INTEGER);
CREATE TABLE IF NOT EXISTS calls (n INTEGER PRIMARY KEY, method TEXT, path TEXT, key TEXT, fault TEXT, created INTEGER);
CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY, id TEXT, body TEXT);
"""


class Psp:
    """The state of the processor: its log, its clock, its faults."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = threading.RLock()
        self.log = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.log.execute("PRAGMA journal_mode=WAL")
        self.log.execute("PRAGMA synchronous=FULL")
        self.log.executescript(SCHEMA)
        self.reset({})

    def reset(self, told: dict[str, Any]) -> None:
        """Set clock, faults and switches; what was paid stays in the log."""
        self.now = int(told.get("now", time.time()))
        self.faults: list[str] = list(told.get("faults", []))
        self.get_faults: list[str] = list(told.get("get_faults", []))
        self.outcome = str(told.get("outcome", "succeeded"))
        self.page = int(told.get("page", 100))
        self.report_to = str(told.get("report_to", ""))
        self.reports_each = int(told.get("reports_each", 1))
        self.is_report_first = bool(told.get("is_report_first", False))
        self.in_flight: set[str] = set()

    def take_fault(self, kind: str) -> str:
        """Return the next fault of a kind, taken from its queue."""
        queue = self.faults if kind == "POST" else self.get_faults
        return queue.pop(0) if queue else ""

    def refund(self, key: str, asked: dict[str, str], fault: str) -> tuple[int, dict[str, Any]]:
        """Do a refund, or answer as its key was answered before."""
        content = json.dumps(asked, sort_keys=True)
        with self.lock:
            self.log.execute("DELETE FROM keys WHERE created <= ?", [self.now - KEY_LIVES])
            kept = self.log.execute("SELECT content, status, body FROM keys WHERE key = ?", [key]).fetchone()
            if kept:
                if kept[0] != content:
                    return 400, _error("idempotency_error", "key_reused")
                return kept[1], json.loads(kept[2])
            if key in self.in_flight:
                return 409, _error("invalid_request_error", "lock_timeout")
            status, body = self._make(asked, fault)
            if status < 500:
                self.log.execute(
                    "INSERT INTO keys VALUES (?, ?, ?, ?, ?)", [key, content, status, json.dumps(body), self.now]
                )
            return status, body

    def _make(self, asked: dict[str, str], fault: str) -> tuple[int, dict[str, Any]]:
        charge_id = asked.get("charge") or asked.get("payment_intent") or ""
        charge = self.log.execute("SELECT amount, currency FROM charges WHERE id = ?", [charge_id]).fetchone()
        if charge is None:
            return 404, _error("invalid_request_error", "resource_missing")
        amount = int(asked["amount"])
        taken = self.log.execute(
            "SELECT coalesce(sum(amount), 0) FROM refunds WHERE charge = ? AND status != 'failed'", [charge_id]
        ).fetchone()[0]
        if taken + amount > charge[0]:
            return 400, _error("invalid_request_error", "charge_already_refunded")
        currency = "usd" if fault == "wrong_currency" else charge[1]
        made = self.pay(charge_id, amount, currency, asked.get("metadata[reference]", ""), self.outcome)
        return 200, made

    def pay(self, charge: str, amount: int, currency: str, reference: str, status: str) -> dict[str, Any]:
        """Write an effect."""
        with self.lock:
            seq = self.log.execute("SELECT coalesce(max(seq), 0) + 1 FROM refunds").fetchone()[0]
            made = f"re_{uuid.uuid4().hex[:20]}"
            self.log.execute(
                "INSERT INTO refunds VALUES (?, ?, ?, ?, ?, ?, '', ?, ?)",
                [made, seq, charge, amount, currency, status, reference, self.now],
            )
            self.tell("refund.created", made)
            return self.one(made)

    def change(self, refund: str, status: str, reason: str) -> dict[str, Any]:
        """Change what became of a refund, perhaps days later."""
        with self.lock:
            self.log.execute("UPDATE refunds SET status = ?, reason = ? WHERE id = ?", [status, reason, refund])
            self.tell("refund.failed" if status == "failed" else "refund.updated", refund)
            return self.one(refund)

    def one(self, refund: str) -> dict[str, Any]:
        """Return a refund as the API shows it."""
        row = self.log.execute(
            "SELECT id, charge, amount, currency, status, reason, reference, created FROM refunds WHERE id = ?",
            [refund],
        ).fetchone()
        return _shown(row)

    def tell(self, kind: str, refund: str) -> None:
        """Keep a report, to be fetched or sent."""
        seq = self.log.execute("SELECT coalesce(max(seq), 0) + 1 FROM events").fetchone()[0]
        event_id = f"evt_{uuid.uuid4().hex[:20]}"
        body = {"id": event_id, "type": kind, "created": self.now, "data": {"object": self.one(refund)}}
        self.log.execute("INSERT INTO events VALUES (?, ?, ?)", [seq, event_id, json.dumps(body)])
        if self.report_to:
            send = threading.Thread(target=self._send, args=[json.dumps(body).encode()], daemon=True)
            send.start()
            if self.is_report_first:
                send.join()

    def _send(self, body: bytes) -> None:
        for _time in range(self.reports_each):
            fields = {"Content-Type": "application/json", "Stripe-Signature": signature(body, self.now)}
            asked = urllib.request.Request(self.report_to, data=body, headers=fields, method="POST")
            try:
                urllib.request.urlopen(asked, timeout=10).close()
            except OSError as error:
                sys.stderr.write(f"report not taken: {error}\n")

    def listed(self, asked: dict[str, str]) -> dict[str, Any]:
        """Return a page of refunds, the newest first."""
        where, given = ["1 = 1"], []
        for name, clause in (
            ("charge", "charge = ?"), ("payment_intent", "charge = ?"), ("created[gte]", "created >= ?"),
            ("created[lt]", "created < ?"),
        ):  # fmt: skip
            if name in asked:
                where.append(clause)
                given.append(asked[name])
        if "starting_after" in asked:
            where.append("seq < (SELECT seq FROM refunds WHERE id = ?)")
            given.append(asked["starting_after"])
        limit = min(int(asked.get("limit", 10)), self.page)
        rows = self.log.execute(
            "SELECT id, charge, amount, currency, status, reason, reference, created FROM refunds"
            f" WHERE {' AND '.join(where)} ORDER BY seq DESC LIMIT ?",
            [*given, limit + 1],
        ).fetchall()
        return {"object": "list", "data": [_shown(row) for row in rows[:limit]], "has_more": len(rows) > limit}


def _shown(row: tuple[Any, ...]) -> dict[str, Any]:
    made, charge, amount, currency, status, reason, reference, created = row
    return {
        "id": made, "object": "refund", "charge": charge, "amount": amount, "currency": currency, "status": status,
        "failure_reason": reason or None, "metadata": {"reference": reference} if reference else {}, "created": created,
    }  # fmt: skip


def _error(kind: str, code: str) -> dict[str, Any]:
    return {"error": {"type": kind, "code": code, "message": code}}


def signature(body: bytes, at: int, secret: str = REPORT_SECRET) -> str:
    """Return the header that signs a report."""
    mark = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mark}"


class Door(BaseHTTPRequestHandler):
    """The API, and the tests' own door under /_control."""

    protocol_version = "HTTP/1.1"
    psp: Psp

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer a list."""
        parts = urlsplit(self.path)
        fault = self.psp.take_fault("GET")
        self._note("GET", "", fault)
        if fault == "drop":
            return self._cut()
        if fault == "500":
            return self._answer(500, _error("api_error", "boom"))
        if self.headers.get("Authorization") != f"Bearer {SECRET}":
            return self._answer(401, _error("invalid_request_error", "key"))
        with self.psp.lock:
            return self._answer(200, self.psp.listed(dict(parse_qsl(parts.query))))

    def do_POST(self) -> None:
        """Make a refund, or take an order of the tests."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith("/_control/"):
            return self._answer(200, control(self.psp, self.path.removeprefix("/_control/"), json.loads(body or b"{}")))
        key, fault = self.headers.get("Idempotency-Key", ""), self.psp.take_fault("POST")
        self._note("POST", key, fault)
        if self.headers.get("Authorization") != f"Bearer {SECRET}" or not key:
            return self._answer(401, _error("invalid_request_error", "key"))
        if fault == "drop_request":
            return self._cut()
        if fault == "409":
            return self._answer(409, _error("invalid_request_error", "lock_timeout"))
        if fault == "429":
            return self._answer(429, _error("invalid_request_error", "rate_limit"))
        if fault.startswith("delay:"):
            time.sleep(float(fault.partition(":")[2]))
        status, made = self.psp.refund(key, dict(parse_qsl(body.decode())), fault)
        if fault == "drop_reply":
            return self._cut()
        if fault == "500_after":
            return self._answer(500, _error("api_error", "boom"))
        if fault == "half_reply":
            return self._half(made)
        return self._answer(status, made)

    def _note(self, method: str, key: str, fault: str) -> None:
        with self.psp.lock:
            self.psp.log.execute(
                "INSERT INTO calls (method, path, key, fault, created) VALUES (?, ?, ?, ?, ?)",
                [method, self.path, key, fault, self.psp.now],
            )

    def _answer(self, status: int, body: Any) -> None:
        told = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(told)
        self.close_connection = True

    def _half(self, body: Any) -> None:
        told = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told[: len(told) // 2])
        self._cut()

    def _cut(self) -> None:
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def control(psp: Psp, order: str, told: dict[str, Any]) -> Any:
    """Do what the tests say."""
    with psp.lock:
        match order:
            case "reset":
                psp.reset(told)
            case "now":
                psp.now = int(told["now"])
            case "faults":
                psp.faults, psp.get_faults = list(told.get("faults", [])), list(told.get("get_faults", []))
            case "charge":
                psp.log.execute(
                    "INSERT OR REPLACE INTO charges VALUES (?, ?, ?)", [told["id"], told["amount"], told["currency"]]
                )
            case "pay":
                return psp.pay(**told)
            case "change":
                return psp.change(**told)
            case "wipe":
                for table in ("charges", "refunds", "keys", "calls", "events"):
                    psp.log.execute(f"DELETE FROM {table}")
            case _:
                raise LookupError(order)
    return {}


def main(path: str) -> None:
    """Serve until the process is ended."""
    Door.psp = Psp(Path(path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
