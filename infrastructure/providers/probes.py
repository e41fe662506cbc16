from dishka import Provider, Scope, provide
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from application.health.probe import Probe
from application.retention.blob_inventory import BlobInventory, BlobReferences
from application.retention.collect_garbage import CollectGarbage
from application.submissions.policy import SubmissionPolicy
from application.submissions.queue_watch import QueueWatch
from infrastructure.blobs.local_inventory import LocalInventory
from infrastructure.blobs.object_store import open_object_store
from infrastructure.blobs.object_store_probe import ObjectStoreProbe
from infrastructure.blobs.opening import open_inventory, shared_directory
from infrastructure.config import Config
from infrastructure.database.blob_references import SqlBlobReferences
from infrastructure.database.probe import DatabaseProbe
from infrastructure.database.queue_watch import SqlQueueWatch
from infrastructure.queue.redis_probe import RedisProbe


class ProbesProvider(Provider):
    """What readiness looks at."""

    scope = Scope.APP

    references = provide(SqlBlobReferences, provides=BlobReferences)
    garbage = provide(CollectGarbage)

    @provide
    def inventory(self, config: Config) -> BlobInventory:
        """Of the blobs that the storage of servers and workers keeps; caches are cleared up by themselves."""
        if config.blobs_url is None:
            return LocalInventory(config.data_dir / "blobs")
        return open_inventory(config.blobs_url)

    @provide
    def queue_watch(self, engine: AsyncEngine, policy: SubmissionPolicy) -> QueueWatch:
        """What a scrape tells of the database."""
        return SqlQueueWatch(engine, policy.worker_lifetime)

    @provide
    def probes(self, config: Config, engine: AsyncEngine, redis: Redis) -> list[Probe]:
        """Database and queue, and the store of the blobs where that is a server."""
        probes: list[Probe] = [DatabaseProbe(engine), RedisProbe(redis)]
        if config.blobs_url and shared_directory(config.blobs_url) is None:
            probes.append(ObjectStoreProbe(open_object_store(config.blobs_url)))
        return probes
