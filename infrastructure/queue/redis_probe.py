import asyncio

from redis.asyncio import Redis
from redis.exceptions import RedisError

PATIENCE_SECONDS = 2.0


class RedisProbe:
    """``application.health.probe.Probe`` of Redis."""

    name = "redis"

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def trouble(self) -> str | None:
        """None when it answers a ping in time."""
        try:
            await asyncio.wait_for(self._redis.ping(), PATIENCE_SECONDS)
        except TimeoutError:
            return f"Redis has not answered within {PATIENCE_SECONDS:g} s"
        except (RedisError, OSError):
            return "Redis cannot be reached"
        return None
