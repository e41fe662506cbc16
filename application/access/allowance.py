"""What a key may still do: its rates and its daily quota. A key without limits pays nothing for those of others."""

import math
from dataclasses import dataclass

from application.rate_limiter import RateLimiter
from domain.access.entities import ApiKey
from domain.access.exceptions import QuotaExceeded, RateExceeded
from domain.access.rates import Rate
from domain.access.repositories import ApiKeyRepository
from domain.exceptions import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Whatever is refused here has taken nothing, be it one submission or a whole batch."""

    limiter: RateLimiter
    keys: ApiKeyRepository

    async def request(self, key: ApiKey) -> None:
        """Raises RateExceeded."""
        if key.request_rate is not None:
            await self._take(f"requests:{key.id}", key.request_rate, 1, "requests")

    async def submissions(self, key: ApiKey, count: int) -> None:
        """That so many are sent. Raises RateExceeded; Invalid when they are more than could ever come at once."""
        rate, quota = key.submission_rate, key.daily_quota
        most = min(rate.burst if rate else count, quota if quota is not None else count)
        if count > most:
            raise Invalid.field("", f"this key may send at most {most} submissions at once, and these are {count}")
        if rate is not None and count:
            await self._take(f"submissions:{key.id}", rate, count, "submissions")

    async def quota(self, key: ApiKey, count: int) -> None:
        """Take them from the day's quota, in the transaction that stores them. Raises QuotaExceeded."""
        if key.daily_quota is None:
            return
        usage = await self.keys.use_quota(key.id, count, key.daily_quota)
        if not usage.taken:
            raise QuotaExceeded(key.daily_quota, usage.used, count, math.ceil(usage.resets_in.total_seconds()))

    async def _take(self, bucket: str, rate: Rate, count: int, what: str) -> None:
        wait = await self.limiter.take(bucket, rate, count)
        if wait > 0:
            raise RateExceeded(what, rate, math.ceil(wait))
