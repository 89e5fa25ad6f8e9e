"""The worker: runs deliveries, asks the tickers, keeps the schedule; stops when told, after what it is doing."""

import datetime as dt
import logging
import os
import socket
import threading
from collections.abc import Callable
from uuid import UUID

from django.db import DatabaseError, InterfaceError, connection

from recourse.kit.time import monotonic, now
from recourse.ops import schedule
from recourse.timeline import actions, queries

log = logging.getLogger(__name__)
IDLE_SECONDS = 0.5
BEAT_SECONDS = 5.0
BATCH = 20
OUTSIDE_BATCH = 3


def shared_now() -> dt.datetime:
    """Return the instant by the database's clock, which all workers share; on SQLite this machine's.

    So a worker on a machine with a wrong clock takes no lease early and runs nothing twice.
    """
    if connection.vendor != "postgresql":
        return now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: dt.datetime = cursor.fetchone()[0]
    return found


class Worker:
    """Some loops in threads of one process, each with a connection of its own."""

    def __init__(self, *, outside_threads: int = 2) -> None:
        self.stop = threading.Event()
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self._outside_threads = outside_threads
        self._id: UUID | None = None
        self._beaten = 0.0

    def run(self) -> None:
        """Work until `stop` is set: this thread runs deliveries and tickers, others the schedule and the outside."""
        self._until(self._begin)
        beside = [("schedule", self._keep_schedule)]
        beside += [(f"outside-{index}", self._deliver_outside) for index in range(self._outside_threads)]
        threads = [threading.Thread(target=self._loop, args=[turn], name=name) for name, turn in beside]
        for thread in threads:
            thread.start()
        self._loop(self._work, is_last=False)
        for thread in threads:
            thread.join()
        self._guarded(self._end)
        connection.close()

    def work_off(self, *, turns: int = 1_000) -> int:
        """Do what is due now, in this thread, until nothing is left, and return how much was done."""
        done = 0
        for _turn in range(turns):
            found = self._work() + self._deliver_outside()
            if not found:
                break
            done += found
        return done

    def _loop(self, turn: Callable[[], int], *, is_last: bool = True) -> None:
        while not self.stop.is_set():
            if not self._guarded(turn):
                self.stop.wait(IDLE_SECONDS)
        if is_last:
            connection.close()

    def _until(self, begin: Callable[[], int]) -> None:
        """Try until the database answers or the worker is told to stop."""
        while not self.stop.is_set() and not self._guarded(begin):
            self.stop.wait(IDLE_SECONDS)

    def _guarded(self, turn: Callable[[], int]) -> int:
        """Run a turn; whatever it raises is logged, and a broken connection is replaced."""
        try:
            return turn()
        except (DatabaseError, InterfaceError) as error:
            log.warning("the database did not answer: %s", error)
            connection.close()
        except Exception:
            log.exception("a turn of the worker failed")
        self.stop.wait(IDLE_SECONDS)
        return 0

    def _begin(self) -> int:
        at = shared_now()
        actions.plan_slots({line.name: line.cron for line in schedule.lines().values()}, at=at)
        self._id = actions.start_worker(name=self.name, at=at).pk
        log.info("worker %s started", self.name)
        return 1

    def _end(self) -> int:
        if self._id is not None:
            actions.stop_worker(worker_id=self._id, at=shared_now())
        log.info("worker %s stopped", self.name)
        return 1

    def _work(self) -> int:
        at = shared_now()
        self._beat(at)
        return self._deliver(at, is_outside=False, limit=BATCH) + self._tick(at, is_outside=False)

    def _tick(self, at: dt.datetime, *, is_outside: bool) -> int:
        done = 0
        for ticker in schedule.tickers():
            if ticker.is_outside is is_outside and not self.stop.is_set():
                done += self._guarded(lambda ticker=ticker: ticker.act(at))  # type: ignore[misc]
        return done

    def _beat(self, at: dt.datetime) -> None:
        if self._id is not None and monotonic() - self._beaten >= BEAT_SECONDS:
            actions.beat(worker_id=self._id, at=at)
            self._beaten = monotonic()

    def _deliver_outside(self) -> int:
        at = shared_now()
        return self._deliver(at, is_outside=True, limit=OUTSIDE_BATCH) + self._tick(at, is_outside=True)

    def _deliver(self, at: dt.datetime, *, is_outside: bool, limit: int) -> int:
        taken = actions.claim(at=at, limit=limit, is_outside=is_outside, worker=self.name)
        for index, delivery in enumerate(taken):
            if self.stop.is_set():
                actions.release(taken=taken[index:], at=at)
                break
            actions.run_delivery(delivery=delivery, at=shared_now())
        return len(taken)

    def _keep_schedule(self) -> int:
        at = shared_now()
        lines = schedule.lines()
        due = [name for name in queries.due_slots(at=at) if name in lines]
        for name in due:
            if not self.stop.is_set():
                self._run_line(lines[name], at)
        return len(due)

    def _run_line(self, line: schedule.Line, at: dt.datetime) -> None:
        lease = actions.claim_slot(name=line.name, at=at)
        if lease is None:
            return
        said = ""
        try:
            line.act(at)
        except Exception as error:  # one line must not keep the others from running
            log.exception("the schedule's line %s failed", line.name)
            said = f"{type(error).__name__}: {error}"
            connection.close()
        actions.finish_slot(name=line.name, lease=lease, at=shared_now(), error=said)
