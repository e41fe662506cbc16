from collections.abc import AsyncIterator

from dishka import Provider, Scope, provide
from redis.asyncio import Redis

from application.blobs import BlobStorage
from application.clock import Clock
from application.languages.catalogue import LanguageCatalogue
from application.rate_limiter import RateLimiter
from application.submissions.bell import Announcements, Bell, Recalls
from infrastructure.blobs.cached_blob_storage import CachedBlobStorage
from infrastructure.blobs.local_blob_storage import LocalBlobStorage
from infrastructure.blobs.opening import open_blobs
from infrastructure.config import Config
from infrastructure.languages.catalogue import FolderCatalogue
from infrastructure.providers.config import RedisUrl
from infrastructure.queue.bell_broker import BellBroker
from infrastructure.queue.redis_announcements import RedisAnnouncements
from infrastructure.queue.redis_bell import RedisBell
from infrastructure.queue.redis_rate_limiter import RedisRateLimiter
from infrastructure.queue.redis_recalls import RedisRecalls
from infrastructure.system_clock import SystemClock

CONNECT_SECONDS = 2.0
HEALTH_SECONDS = 10


class GatewaysProvider(Provider):
    """Adapters that both server and worker use; each lives as long as the process."""

    scope = Scope.APP

    clock = provide(SystemClock, provides=Clock)

    @provide
    def blobs(self, config: Config) -> BlobStorage:
        """In the data directory; or where the URL says, with a cache on this machine."""
        if config.blobs_url is None:
            return LocalBlobStorage(config.data_dir / "blobs")
        return CachedBlobStorage(
            open_blobs(config.blobs_url, config.data_dir / "spool"),
            config.blob_cache_dir or config.data_dir / "blob-cache",
            config.blob_cache_size,
        )

    @provide
    def catalogue(self) -> LanguageCatalogue:
        """The folders beside the code."""
        return FolderCatalogue()

    @provide
    async def redis(self, url: RedisUrl) -> AsyncIterator[Redis]:
        """One persistent client for announcements and probes; it connects when it is first used."""
        redis = Redis.from_url(
            url,
            socket_connect_timeout=CONNECT_SECONDS,
            health_check_interval=HEALTH_SECONDS,
        )
        yield redis
        await redis.aclose()

    rates = provide(RedisRateLimiter, provides=RateLimiter)

    @provide
    async def broker(self, url: RedisUrl) -> AsyncIterator[BellBroker]:
        """For ringing it needs no start."""
        broker = BellBroker(url)
        yield broker
        await broker.shutdown()

    @provide
    async def bell(self, broker: BellBroker) -> AsyncIterator[Bell]:
        """Gives the last rings a moment at the end."""
        bell = RedisBell(broker)
        yield bell
        await bell.close()

    @provide
    async def recalls(self, redis: Redis) -> AsyncIterator[Recalls]:
        """Gives the last recalls a moment at the end."""
        recalls = RedisRecalls(redis)
        yield recalls
        await recalls.close()

    @provide
    async def announcements(self, redis: Redis) -> AsyncIterator[Announcements]:
        """One subscription for the process."""
        announcements = RedisAnnouncements(redis)
        yield announcements
        await announcements.close()
