import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.submissions.entities import JobId
from infrastructure.queue.outbox import Outbox

log = logging.getLogger(__name__)

CHANNEL = "proba:recalled"
RECONNECT_SECONDS = 1.0
LISTEN_SECONDS = 30.0
"""Then the connection is looked after, so that one that has died silently is not listened to for ever."""


class RedisRecalls:
    """``application.submissions.bell.Recalls`` over a publish/subscribe channel that every worker hears."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._outbox = Outbox[JobId](self._send)

    async def recall(self, job_ids: Sequence[JobId]) -> None:
        """Returns at once; may be lost."""
        if job_ids:
            self._outbox.put(*job_ids)

    async def recalled(self) -> AsyncIterator[Sequence[JobId]]:
        """One message is what was recalled at once; what is no list of ids is passed over."""
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    while True:
                        message = await pubsub.get_message(timeout=LISTEN_SECONDS)
                        if message is not None:
                            yield _ids(message["data"])
            except (RedisError, OSError, TimeoutError) as error:
                log.debug("recalls are not heard: %s", error)
                await asyncio.sleep(RECONNECT_SECONDS)

    async def close(self) -> None:
        """Give what still waits a moment to go out."""
        await self._outbox.close()

    async def _send(self, items: Sequence[JobId]) -> None:
        await self._redis.publish(CHANNEL, " ".join(map(str, items)))


def _ids(data: bytes | str) -> list[JobId]:
    text = data.decode(errors="replace") if isinstance(data, bytes) else data
    try:
        return [JobId(UUID(word)) for word in text.split()]
    except ValueError:
        log.warning("what came as a recall is none")
        return []
