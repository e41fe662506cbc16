import asyncio
import logging
import time

from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.access.rates import Rate
from infrastructure.queue.local_rate_limiter import LocalRateLimiter

log = logging.getLogger(__name__)

PREFIX = "proba:rate:"
TIMEOUT_SECONDS = 2.0
PAUSE_SECONDS = 5.0

SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now) + tonumber(ARGV[1])
local wait = full - now - tonumber(ARGV[2])
if wait > 0 then
    return math.ceil(wait)
end
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000) + 1)
return 0
"""
"""The generic cell rate algorithm: what is stored is the moment at which the bucket will be full again, in microseconds
of Redis's own clock. It vanishes by itself when it is.
"""


class RedisRateLimiter:
    """``application.rate_limiter.RateLimiter``: one bucket for all servers, one round trip. Without Redis each process
    counts for itself and asks again every few seconds: a limit that is too mild for a while, and nobody who is
    locked out.
    """

    def __init__(self, redis: Redis) -> None:
        self._script = redis.register_script(SCRIPT)
        self._local = LocalRateLimiter()
        self._asked_again = float("-inf")

    async def take(self, bucket: str, rate: Rate, count: int) -> float:
        """Never raises."""
        if time.monotonic() < self._asked_again:
            return await self._local.take(bucket, rate, count)
        microseconds = rate.interval * 1_000_000
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                wait: int = await self._script([PREFIX + bucket], [count * microseconds, rate.burst * microseconds])
        except (RedisError, OSError, TimeoutError) as error:
            self._asked_again = time.monotonic() + PAUSE_SECONDS
            log.warning("Redis cannot be reached, rates are counted by each server process for itself: %s", error)
            return await self._local.take(bucket, rate, count)
        return wait / 1_000_000
