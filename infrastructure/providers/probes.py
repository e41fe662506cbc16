from dishka import Provider, Scope, provide
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from application.health.probe import Probe
from infrastructure.database.probe import DatabaseProbe
from infrastructure.queue.redis_probe import RedisProbe


class ProbesProvider(Provider):
    """What readiness looks at."""

    scope = Scope.APP

    @provide
    def probes(self, engine: AsyncEngine, redis: Redis) -> list[Probe]:
        """Database and queue."""
        return [DatabaseProbe(engine), RedisProbe(redis)]
