"""A token bucket for each caller, in the memory of each process."""

import threading
from dataclasses import dataclass

from django.conf import settings

from recourse.kit.errors import Throttled
from recourse.kit.time import monotonic

CALLERS_KEPT = 10_000


@dataclass(slots=True)
class Bucket:
    """What a caller has left, and when that was counted."""

    left: float
    at: float


class Limiter:
    """Lets each caller make `rate` calls a second on average, `burst` at once.

    The whole limit is divided by the number of web processes; each keeps its own count.
    """

    def __init__(self, rate: float, burst: float) -> None:
        self.rate, self.burst = rate, burst
        self._buckets: dict[str, Bucket] = {}
        self._lock = threading.Lock()

    def take(self, caller: str) -> None:
        """Count one call; raises Throttled when none is left."""
        with self._lock:
            at = monotonic()
            bucket = self._buckets.get(caller)
            if bucket is None:
                if len(self._buckets) >= CALLERS_KEPT:
                    self._forget_fullest()
                bucket = self._buckets[caller] = Bucket(self.burst, at)
            bucket.left = min(self.burst, bucket.left + (at - bucket.at) * self.rate)
            bucket.at = at
            if bucket.left < 1:
                raise Throttled(
                    "Too many calls; wait a little.", retry_after=max(1, round((1 - bucket.left) / self.rate))
                )
            bucket.left -= 1

    def forget(self) -> None:
        """Forget every caller."""
        with self._lock:
            self._buckets.clear()

    def _forget_fullest(self) -> None:
        """Forget the tenth of the callers who have used least: little is lost with them."""
        by_use = sorted(self._buckets, key=lambda caller: self._buckets[caller].left, reverse=True)
        for caller in by_use[: max(1, len(by_use) // 10)]:
            del self._buckets[caller]


api_limiter = Limiter(
    rate=settings.API_CALLS_PER_SECOND / settings.WEB_PROCESSES, burst=settings.API_BURST / settings.WEB_PROCESSES
)
stranger_limiter = Limiter(rate=5 / settings.WEB_PROCESSES, burst=60 / settings.WEB_PROCESSES)
