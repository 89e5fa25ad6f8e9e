"""Breaks the n-th step of a path in a process of its own, for every n and every kind of fault, on a copy of a database.

A step is a statement, a commit, a call to the provider or the file written beside it. A forked child runs the path with
one fault; another, without any, does what the worker and the people would do next; a third looks at the books.
"""

import json
import os
import shutil
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from recourse.kit.outbound import Outbound, UnreachableError
from recourse.ledger.actions import sending

FAULTS = ("raise_before", "reply_lost", "kill_before", "kill_after")


@dataclass
class Steps:
    """Counts the steps of a path and breaks one of them."""

    turn: int = 0
    fault: str = ""
    count: int = 0
    kinds: list[str] = field(default_factory=list)

    def step(self, kind: str, act: Callable[[], Any], error: BaseException) -> Any:
        """Do one step, or break it."""
        self.count += 1
        self.kinds.append(kind)
        if self.count != self.turn:
            return act()
        if self.fault == "kill_before":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.fault == "raise_before":
            raise error
        found = act()
        if self.fault == "kill_after":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.fault == "reply_lost":
            raise error
        return found

    def instrument(self) -> None:
        """Put the counting between the product and its database, provider and file; for a child that ends anyway."""
        commit, send, mark = BaseDatabaseWrapper._commit, Outbound.send, sending.mark_sent  # type: ignore[attr-defined]
        lost = OperationalError("the step was broken")

        def statement(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            return self.step("statement", lambda: execute(sql, params, many, context), lost)

        def committed(wrapper: Any) -> Any:
            return self.step("commit", lambda: commit(wrapper), lost)

        def sent(client: Any, *args: Any, **named: Any) -> Any:
            return self.step("call", lambda: send(client, *args, **named), UnreachableError("timeout"))

        connection.execute_wrappers.append(statement)
        BaseDatabaseWrapper._commit = committed  # type: ignore[attr-defined]
        Outbound.send = sent  # type: ignore[method-assign]
        sending.mark_sent = lambda attempt: self.step("file", lambda: mark(attempt), OSError("full"))


def template(place: Path) -> Path:
    """Return a copy of the test database as it stands now."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(place)])
    return place


def copied(place: Path, run: Path) -> None:
    """Put a fresh copy where a run works."""
    for suffix in ("-wal", "-shm"):
        Path(f"{run}{suffix}").unlink(missing_ok=True)
    shutil.copyfile(place, run)


def in_child(database: Path, act: Callable[[], Any]) -> tuple[int, Any]:
    """Run something in a forked process on another database; return its exit code (negative: killed) and its answer."""
    connection.close()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        code = 0
        try:
            connection.connection = None  # a browser's loop in the parent may hide one of its connections from close
            connection.settings_dict["NAME"] = str(database)
            told = json.dumps(act())
        except BaseException:
            told, code = json.dumps(traceback.format_exc()[-3000:]), 1
        with os.fdopen(writer, "w") as pipe:
            pipe.write(told)
        os._exit(code)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        told = pipe.read()
    _child, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), json.loads(told) if told else None


def expect(answer: tuple[int, Any], what: str) -> Any:
    """Fail the test with what a child said unless it ended well."""
    code, told = answer
    if code:
        pytest.fail(f"{what}: {told}")
    return told
