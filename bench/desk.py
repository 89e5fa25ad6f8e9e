"""The desk over HTTP at a size: queue pages, case page, search, creating and answering, memory, first page.

Run: python -m bench.desk [--full] [--sizes 1000,100000]. On DATABASE_URL each size has a database of its own beside it
(kept, since growing it takes long; --drop removes them); on SQLite a file below RECOURSE_BENCH_DATA (a temporary folder
by default). The short form measures at 1,000 cases, the full one at 1,000, 100,000 and, on PostgreSQL, a million.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from bench.frame import ROOT, Caller, Figure, Spread, desk, memory_mib, spread, table, timed, together, write

READ_TIMES, WRITE_TIMES, AT_ONCE = 60, 100, 8
POSTGRES = os.environ.get("DATABASE_URL", "")


def environment(size: int) -> dict[str, str]:
    """Return where the desk of a size keeps its data."""
    folder = Path(os.environ.get("RECOURSE_BENCH_DATA", tempfile.gettempdir())) / f"recourse-bench-{size}"
    folder.mkdir(parents=True, exist_ok=True)
    found = {
        "RECOURSE_DATA": str(folder),
        "RECOURSE_LOG": "WARNING",
        "RECOURSE_SECOND_FACTOR_FOR": "",
        "RECOURSE_API_CALLS_PER_SECOND": "1000000",
        "RECOURSE_API_BURST": "1000000",
    }
    if POSTGRES:
        parts = urlsplit(POSTGRES)
        found["DATABASE_URL"] = urlunsplit(parts._replace(path=f"/recourse_bench_{size}"))
    return found


def grown(size: int, given: dict[str, str]) -> dict[str, str]:
    """Bring the desk to its size in a process of its own; return a key, a session and what to open."""
    if POSTGRES:
        name = f"recourse_bench_{size}"
        code = (
            "import psycopg, sys; c = psycopg.connect(sys.argv[1], autocommit=True); "
            "c.execute('SELECT 1 FROM pg_database WHERE datname = %s', [sys.argv[2]]).fetchone() "
            "or c.execute(f'CREATE DATABASE {sys.argv[2]}')"
        )
        subprocess.run([sys.executable, "-c", code, POSTGRES, name], check=True)
    settings = {**os.environ, **given}
    subprocess.run([sys.executable, "-m", "recourse", "setup", "--no-edition"], cwd=ROOT, env=settings, check=True)
    ran = subprocess.run(
        [sys.executable, "-m", "bench.world", str(size)],
        cwd=ROOT,
        env=settings,
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(line.split("=", 1) for line in ran.stdout.splitlines() if "=" in line)


def measured(size: int) -> list[Figure]:
    """Return the figures of one size."""
    given = environment(size)
    things = grown(size, given)
    setting = f"{size:,} cases, {'PostgreSQL' if POSTGRES else 'SQLite'}"
    arguments = ("--workers", "2", "--with-worker") if POSTGRES else ()
    with desk(given, *arguments) as (url, process, started):
        idle = memory_mib(process)
        return [
            *_reads(url, things, setting),
            *_writes(url, things, setting),
            Figure(
                "memory, web and worker" if not POSTGRES else "memory, 2 web processes with the worker",
                setting,
                idle,
                "MiB",
                "≤ 200",
                {"after load": memory_mib(process)},
            ),
            Figure("start to first page", setting, started, "s", "≤ 2"),
        ]


def _reads(url: str, things: dict[str, str], setting: str) -> list[Figure]:
    person = Caller(url, {"Cookie": f"{things['cookie']}={things['session']}", "Accept-Encoding": "identity"})
    pages = {
        "queue page, by due": (f"/queues/{things['queue']}/", "≤ 20"),
        "queue page, by priority": (f"/queues/{things['queue']}/?sort=priority", "≤ 20"),
        "case page": (f"/cases/{things['case']}/", "≤ 25"),
        "search, a word in 1 %": (f"/search/?q={things['rare']}", "≤ 30"),
        "today": ("/today/", ""),
    }
    found = []
    for name, (path, target) in pages.items():
        status, body = person("GET", path)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}: {body[:200]!r}")
        length = spread(timed(lambda path=path: person("GET", path), READ_TIMES))  # type: ignore[misc]
        found.append(_figure(name, setting, length, target))
    return found


def _writes(url: str, things: dict[str, str], setting: str) -> list[Figure]:
    callers = [Caller(url, {"Authorization": f"Bearer {things['key']}"}) for _ in range(AT_ONCE)]

    def create(caller: Caller, n: int) -> None:
        body = {"subject": "A broken lamp", "words": "The lamp came broken. " * 10, "email": f"new{n}@bench.example"}
        _right(caller("POST", "/api/v1/cases", body))

    def reply(caller: Caller, n: int) -> None:
        _right(caller("POST", f"/api/v1/cases/{refs[n % len(refs)]}/replies", {"text": "We look into it."}))

    refs = things["refs"].split(",")
    found = []
    for name, act, target in (("create a case", create, "≤ 6.7"), ("reply", reply, "≤ 8")):
        numbers = iter(range(10**6))
        one = spread(timed(lambda act=act, numbers=numbers: act(callers[0], next(numbers)), WRITE_TIMES))  # type: ignore[misc]
        many = together(callers, act, WRITE_TIMES // 4)
        found.append(_figure(f"{name} over the API", setting, one, target))
        wanted = "≥ 300" if act is create else "≥ 250"
        found.append(Figure(f"{name} over the API, {AT_ONCE} at once", setting, many, "a second", wanted))
    return found


def _right(answer: tuple[int, bytes]) -> None:
    if answer[0] not in {200, 201}:
        raise RuntimeError(f"answered {answer[0]}: {answer[1][:300]!r}")


def _figure(name: str, setting: str, length: Spread, target: str) -> Figure:
    return Figure(name, setting, length.p50, "ms", target, {"p95": length.p95, "calls": length.count})


def main() -> None:
    """Measure, print, write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--full", action="store_true")
    options.add_argument("--sizes", default="")
    given = options.parse_args()
    full = [1_000, 100_000, 1_000_000] if POSTGRES else [1_000, 100_000]
    sizes = [int(size) for size in given.sizes.split(",") if size] or (full if given.full else [1_000])
    figures = [figure for size in sizes for figure in measured(size)]
    print(table(figures))
    print(write(f"desk_{'postgresql' if POSTGRES else 'sqlite'}", figures))


if __name__ == "__main__":
    main()
