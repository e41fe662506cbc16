import time

from domain.access.rates import Rate

MOST_BUCKETS = 10_000


class LocalRateLimiter:
    """``application.rate_limiter.RateLimiter`` of this process alone, by the same algorithm as over Redis."""

    def __init__(self) -> None:
        self._full: dict[str, float] = {}

    async def take(self, bucket: str, rate: Rate, count: int) -> float:
        """Never raises."""
        now = time.monotonic()
        full = max(self._full.get(bucket, now), now) + count * rate.interval
        wait = full - now - rate.burst * rate.interval
        if wait > 1e-6:  # what a float loses
            return wait
        if len(self._full) >= MOST_BUCKETS:
            self._full = {name: moment for name, moment in self._full.items() if moment > now}
        self._full[bucket] = full
        return 0.0
