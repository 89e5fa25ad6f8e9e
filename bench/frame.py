"""What every bench shares: timing, the figures of a run, a desk to measure, and where results are written."""

import contextlib
import http.client
import json
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results"


@dataclass
class Figure:
    """One measured figure with the setting that it holds for."""

    row: str
    setting: str
    value: float
    unit: str
    target: str = ""
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Spread:
    """How long single calls took, in milliseconds."""

    p50: float
    p95: float
    worst: float
    count: int


def spread(seconds: Sequence[float]) -> Spread:
    """Return the median, the 95th percentile and the worst of some lengths, in milliseconds."""
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return Spread(statistics.median(ordered) * 1e3, p95 * 1e3, ordered[-1] * 1e3, len(ordered))


def timed(act: Callable[[], Any], times: int) -> list[float]:
    """Return how long each of `times` calls took, in seconds."""
    lengths = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        lengths.append(time.perf_counter() - start)
    return lengths


class Caller:
    """One keep-alive connection to the desk."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        parts = urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        self.headers = headers

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
        """Send one request and return status and body."""
        sent = {**self.headers, **headers}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        self.connection.request(method, path, data, sent)
        response = self.connection.getresponse()
        return response.status, response.read()


def together(callers: Sequence[Caller], act: Callable[[Caller, int], None], times: int) -> float:
    """Return how many calls a second `callers` made, each `times` calls, all at once."""
    start = time.perf_counter()
    with ThreadPoolExecutor(len(callers)) as pool:
        list(pool.map(lambda pair: [act(pair[1], pair[0] * times + n) for n in range(times)], enumerate(callers)))
    return len(callers) * times / (time.perf_counter() - start)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def desk(environment: dict[str, str], *arguments: str) -> Iterator[tuple[str, subprocess.Popen[bytes], float]]:
    """Serve the desk in processes of its own; yields its address, its process and the seconds to the first page."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "recourse", "serve", "--port", str(port), *arguments]
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment, "RECOURSE_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _await(url)
        yield url, process, time.perf_counter() - start
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def _await(url: str) -> None:
    deadline = time.perf_counter() + 60
    while time.perf_counter() < deadline:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if Caller(url, {})("GET", "/accounts/login/")[0] == 200:
                return
        time.sleep(0.02)
    raise TimeoutError("the desk did not answer within a minute")


def memory_mib(process: subprocess.Popen[bytes]) -> float:
    """Return the proportional set size of a process and all below it, in MiB."""
    total = 0
    for pid in _family(process.pid):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1024


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += _family(int(child))
    return found


def machine() -> dict[str, str]:
    """Return what the figures were measured on."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "python": platform.python_version(),
        "system": platform.platform(),
        "commit": commit.stdout.strip(),
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
    }


def write(name: str, figures: Sequence[Figure]) -> Path:
    """Write the figures of a run as JSON and return the file."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps({**machine(), "figures": [asdict(figure) for figure in figures]}, indent=1))
    return path


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a Markdown table."""
    lines = ["| Work | Setting | Seen | Target |", "|---|---|---|---|"]
    lines += [f"| {one.row} | {one.setting} | {one.value:,.4g} {one.unit} | {one.target} |" for one in figures]
    return "\n".join(lines)
