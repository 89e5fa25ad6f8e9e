"""Serves pages and API by granian in child processes; where asked, the worker runs in a thread of the parent."""

import threading
from dataclasses import dataclass

from django.db import connections
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from recourse.ops.worker import Worker

TARGET = "recourse.config.wsgi:application"
BLOCKING_THREADS = 4
STOP_WITHIN = 20.0


@dataclass(frozen=True, slots=True)
class Serving:
    """How to serve: where, in how many web processes, with or without a worker beside them."""

    host: str
    port: int
    processes: int
    has_worker: bool


def serve(serving: Serving) -> None:
    """Serve until a signal ends it; the worker finishes what it is doing."""
    server = MPServer(
        TARGET,
        address=serving.host,
        port=serving.port,
        interface=Interfaces.WSGI,
        workers=serving.processes,
        blocking_threads=BLOCKING_THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        websockets=False,
        log_level=LogLevels.warning,
    )
    if serving.has_worker:
        _work_beside(server, serving.processes)
    connections.close_all()
    server.serve()


def _work_beside(server: MPServer, processes: int) -> None:
    """Start the worker once the web processes are forked, so that none inherits its thread or its connections."""
    worker = Worker()

    def run() -> None:
        while len(server.wrks) < processes and not worker.stop.wait(0.01):
            pass
        worker.run()

    thread = threading.Thread(target=run, name="worker")

    def finish() -> None:
        worker.stop.set()
        thread.join(STOP_WITHIN)

    server.on_startup(thread.start)
    server.on_shutdown(finish)
