"""Which case next: a desk simulated with the product's own score, against first-come and earliest-due.

Run: python -m bench.routing [--seeds 12] [--days 250] [--details]. Every policy meets the same cases (common random numbers);
the first tenth of each run is left out as warm-up; differences are paired by seed. Minutes are working minutes.
"""

import argparse
import datetime as dt
import heapq
import math
import os
import random
import statistics
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.frame import Figure, table, write
from recourse.handbook.policy.reading import default_rules
from recourse.handbook.policy.shape import Severity, Tier
from recourse.kit.calendar import WorkingCalendar, working_calendar
from recourse.kit.time import monotonic
from recourse.routing.policy import Kind, Yardstick

AGENTS, SKILLS, MEAN_WORK, SPREAD, DAY, TIER = 16, 5, 360, 0.8, 480, Tier.TIER_2
LOADS = (0.85, 0.92, 0.96)
MIX = ((Severity.LOW, 0.35), (Severity.MEDIUM, 0.40), (Severity.HIGH, 0.20), (Severity.CRITICAL, 0.05))
PEAKS = (1.6, 1.0, 0.7, 0.7)
EPOCH = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)


@dataclass(slots=True)
class Job:
    """One case: when it came, what it needs, what it will take, when it is due; `done` once it is finished."""

    number: int
    came: float
    skill: int
    severity: Severity
    work: float
    due: float
    done: float = math.inf


@dataclass(slots=True)
class Lane:
    """Waiting cases between which only the due time decides; the head is the only candidate."""

    kind: Kind
    jobs: deque[Job]


Choice = Callable[[Sequence[Lane], float], Lane]


def first_come(lanes: Sequence[Lane], now: float) -> Lane:
    """Take what has waited longest."""
    return min(lanes, key=lambda lane: (lane.jobs[0].came, lane.jobs[0].number))


def earliest_due(lanes: Sequence[Lane], now: float) -> Lane:
    """Take what is due first."""
    return min(lanes, key=lambda lane: (lane.jobs[0].due, lane.jobs[0].number))


def cost_of_delay(yardstick: Yardstick) -> Choice:
    """Take what the product would take."""

    def choose(lanes: Sequence[Lane], now: float) -> Lane:
        at = instant(now)
        return min(
            lanes,
            key=lambda lane: (
                -yardstick.score(lane.kind, instant(lane.jobs[0].due), at).value, lane.jobs[0].due, lane.jobs[0].number
            ),
        )  # fmt: skip

    return choose


def instant(minute: float) -> dt.datetime:
    """Return a simulated minute as an instant."""
    return EPOCH + dt.timedelta(minutes=minute)


def desk() -> tuple[Yardstick, WorkingCalendar]:
    """Return the default handbook with the bench's mean work, in a calendar that never closes (a minute is a minute)."""
    rules = default_rules()
    routing = rules.routing.model_copy(update={"families": (), "default_mean_minutes": MEAN_WORK})
    always = working_calendar(rules.calendar("always").spec())
    return Yardstick(routing, rules.clocks, always), always


def allowances() -> dict[Severity, float]:
    """Return the working minutes that a case of each severity has, by the default handbook's own days of work."""
    rules = default_rules()
    office = Yardstick(rules.routing, rules.clocks, working_calendar(rules.calendar("london").spec()))
    return {severity: float(office.allowance(TIER, severity)) for severity in Severity}


def crew(draws: random.Random) -> list[frozenset[int]]:
    """Return who can do what: everybody one skill, half of them a second, a quarter a third."""
    able = []
    for agent in range(AGENTS):
        first = agent % SKILLS
        extra = [skill for skill in range(SKILLS) if skill != first]
        draws.shuffle(extra)
        able.append(frozenset([first, *extra[: agent % 2 + (agent % 4 == 3)]]))
    return able


def cases(draws: random.Random, load: float, days: int) -> list[Job]:
    """Return the arrivals of some days: a Poisson stream with the day's peaks, at a mean load of the whole crew."""
    due_within, found, minute = allowances(), [], 0.0
    mean_rate = load * AGENTS / MEAN_WORK
    scale = statistics.fmean(PEAKS)
    location = math.log(MEAN_WORK) - SPREAD**2 / 2
    top = mean_rate * max(PEAKS) / scale
    while minute < days * DAY:
        minute += draws.expovariate(top)
        quarter = PEAKS[int(minute % DAY // (DAY / len(PEAKS)))]
        keep, kind, skill, work = (
            draws.random(),
            draws.random(),
            draws.randrange(SKILLS),
            draws.lognormvariate(location, SPREAD),
        )
        if keep * max(PEAKS) < quarter:
            severity = drawn(kind)
            found.append(Job(len(found), minute, skill, severity, work, minute + due_within[severity]))
    return found


def drawn(share: float) -> Severity:
    """Return the severity at a point of the mix."""
    total = 0.0
    for severity, part in MIX:
        total += part
        if share < total:
            return severity
    return MIX[-1][0]


class Floor:
    """The desk at work: lanes by skill and severity, free agents, a heap of who is done when."""

    def __init__(self, able: Sequence[frozenset[int]], choose: Choice) -> None:
        self.able, self.choose = able, choose
        self.lanes = {
            (skill, severity): Lane(Kind(TIER, severity, f"skill_{skill}"), deque())
            for skill in range(SKILLS)
            for severity in Severity
        }
        self.free = list(range(AGENTS))
        self.busy: list[tuple[float, int]] = []

    def run(self, jobs: Sequence[Job]) -> None:
        """Let every case come and be finished."""
        for job in jobs:
            self.advance(job.came)
            self.lanes[job.skill, job.severity].jobs.append(job)
            self.staff(job.came)
        self.advance(math.inf)

    def advance(self, until: float) -> None:
        """Let agents finish and take the next case, up to an instant."""
        while self.busy and self.busy[0][0] <= until:
            now, agent = heapq.heappop(self.busy)
            self.free.append(agent)
            self.staff(now)

    def staff(self, now: float) -> None:
        """Give every free agent a case that he can do, longest idle first."""
        for agent in list(self.free):
            lanes = [lane for (skill, _severity), lane in self.lanes.items() if lane.jobs and skill in self.able[agent]]
            if lanes:
                job = self.choose(lanes, now).jobs.popleft()
                job.done = now + job.work
                self.free.remove(agent)
                heapq.heappush(self.busy, (job.done, agent))


@dataclass(frozen=True, slots=True)
class Result:
    """What one run came to: share late, weighted lateness, the worst of each severity; all in hours.

    `unavoidable` is the weighted lateness of cases whose work alone takes longer than they have.
    """

    late: float
    tardiness: float
    unavoidable: float
    worst: dict[str, float]


def measured(jobs: Sequence[Job], weights: dict[Severity, float]) -> Result:
    """Judge a run after its warm-up."""
    kept = jobs[len(jobs) // 10 :]
    lateness = [(job, max(job.done - job.due, 0.0)) for job in kept]
    total = sum(weights[job.severity] for job in kept)
    return Result(
        late=sum(late > 0 for _job, late in lateness) / len(kept),
        tardiness=sum(weights[job.severity] * late for job, late in lateness) / total / 60,
        unavoidable=sum(weights[job.severity] * max(job.came + job.work - job.due, 0.0) for job in kept) / total / 60,
        worst={
            severity.value: max((late for job, late in lateness if job.severity is severity), default=0.0) / 60
            for severity in Severity
        },
    )


def simulate(seeds: int, days: int) -> dict[str, Any]:
    """Run every policy on the same cases for every load and seed."""
    yardstick, _calendar = desk()
    policies = {"FIFO": first_come, "EDD": earliest_due, "Gcμ": cost_of_delay(yardstick)}
    weights = {row.severity: float(row.weight) for row in yardstick.routing.weights}
    found: dict[str, Any] = {}
    for load in LOADS:
        runs: dict[str, list[Result]] = {name: [] for name in policies}
        for seed in range(seeds):
            for name, choose in policies.items():
                draws = random.Random(f"{seed}-{load}")
                able, jobs = crew(draws), cases(draws, load, days)
                Floor(able, choose).run(jobs)
                runs[name].append(measured(jobs, weights))
        found[f"{load:.2f}"] = summary(runs)
    return found


def summary(runs: dict[str, list[Result]]) -> dict[str, Any]:
    """Return means over seeds, and each policy's share of FIFO's late cases with a 95 % interval over pairs."""
    base = [run.late for run in runs["FIFO"]]
    found = {}
    for name, results in runs.items():
        difference = [late - run.late for late, run in zip(base, results, strict=True)]
        half = 2.2 * statistics.stdev(difference) / math.sqrt(len(difference)) if len(difference) > 1 else math.nan
        found[name] = {
            "late_percent": 100 * statistics.fmean(run.late for run in results),
            "fewer_late_points": 100 * statistics.fmean(difference),
            "fewer_late_half_width": 100 * half,
            "unavoidable_hours": statistics.fmean(run.unavoidable for run in results),
            "weighted_tardiness_hours": statistics.fmean(run.tardiness for run in results),
            "worst_hours": {severity.value: max(run.worst[severity.value] for run in results) for severity in Severity},
        }
    return found


def show(found: dict[str, Any]) -> None:
    """Print the table."""
    print(
        f"{'load':<5} {'policy':<6} {'late %':>8} {'fewer points (95 %)':>22} {'weighted h':>11}  worst hours late by severity"
    )
    for load, policies in found.items():
        for name, row in policies.items():
            interval = f"{row['fewer_late_points']:.2f} ± {row['fewer_late_half_width']:.2f}"
            worst = " ".join(f"{severity} {hours:.0f}" for severity, hours in row["worst_hours"].items())
            print(
                f"{load:<5} {name:<6} {row['late_percent']:>8.2f} {interval:>22} {row['weighted_tardiness_hours']:>11.3f}  {worst}"
            )


def figures(found: dict[str, Any]) -> list[Figure]:
    """Return what the targets are set for: late cases against first-come, and the worst lateness against earliest-due."""
    rows = []
    for load, policies in found.items():
        base, due, ours = policies["FIFO"], policies["EDD"], policies["Gcμ"]
        is_judged = float(load) >= 0.92
        worst = max(ours["worst_hours"][one] / max(due["worst_hours"][one], 1.0) for one in due["worst_hours"])
        more = {"policies": policies}
        late, floor = ours["late_percent"] / base["late_percent"], base["unavoidable_hours"]
        weighted = ours["weighted_tardiness_hours"] - floor
        rows += [
            Figure("get next: late cases against first-come", f"load {load}", late, "×", "≤ 0.5" if is_judged else "", more),
            Figure("get next: avoidable weighted lateness against first-come", f"load {load}",
                   weighted / (base["weighted_tardiness_hours"] - floor), "×", "≤ 0.2" if is_judged else ""),
            Figure("get next: worst lateness of a severity against earliest-due", f"load {load}", worst, "×", "≤ 1.5"),
        ]  # fmt: skip
    return rows


def main() -> None:
    """Run the simulation, print its table (with --details every policy) and write its figures."""
    is_full = os.environ.get("BENCH") == "full"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=12 if is_full else 4)
    parser.add_argument("--days", type=int, default=250 if is_full else 120)
    parser.add_argument("--details", action="store_true")
    chosen = parser.parse_args()
    began = monotonic()
    found = simulate(chosen.seeds, chosen.days)
    print(table(figures(found)))
    if chosen.details:
        show(found)
    write("routing", figures(found))
    print(f"{chosen.seeds} seeds, {chosen.days} days, {AGENTS} agents, {SKILLS} skills: {monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
