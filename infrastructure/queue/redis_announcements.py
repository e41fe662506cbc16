import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.submissions.entities import SubmissionId
from infrastructure.queue.outbox import Outbox

log = logging.getLogger(__name__)

CHANNEL = "proba:final"
RECONNECT_SECONDS = 1.0


class RedisAnnouncements:
    """``application.submissions.bell.Announcements`` over one publish/subscribe channel; one subscription a process."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._outbox = Outbox[SubmissionId](self._send)
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._hearing: asyncio.Task[None] | None = None
        self._subscribed = asyncio.Event()

    async def announce(self, submission_id: SubmissionId) -> None:
        """Returns at once; may be lost."""
        self._outbox.put(submission_id)

    @asynccontextmanager
    async def listen(self, submission_id: SubmissionId) -> AsyncIterator["RedisListening"]:
        """Hear of one submission from entry on (if Redis is there)."""
        if self._hearing is None or self._hearing.done():
            self._hearing = asyncio.create_task(self._hear())
        with suppress(TimeoutError):
            await asyncio.wait_for(self._subscribed.wait(), RECONNECT_SECONDS)
        name, event = str(submission_id), asyncio.Event()
        self._waiting.setdefault(name, set()).add(event)
        try:
            yield RedisListening(event)
        finally:
            events = self._waiting[name]
            events.discard(event)
            if not events:
                del self._waiting[name]

    async def close(self) -> None:
        """Stop hearing; give the last announcements a moment."""
        if self._hearing is not None:
            self._hearing.cancel()
            with suppress(asyncio.CancelledError):
                await self._hearing
        await self._outbox.close()

    async def _send(self, items: Sequence[SubmissionId]) -> None:
        async with self._redis.pipeline(transaction=False) as pipe:
            for item in items:
                pipe.publish(CHANNEL, str(item))
            await pipe.execute()

    async def _hear(self) -> None:
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    self._subscribed.set()
                    while True:
                        message = await pubsub.get_message(timeout=None)
                        if message is not None:
                            self._wake(message["data"])
            except (RedisError, OSError, TimeoutError) as error:
                log.debug("announcements are not heard: %s", error)
                self._subscribed.clear()
                await asyncio.sleep(RECONNECT_SECONDS)

    def _wake(self, data: bytes | str) -> None:
        name = data.decode() if isinstance(data, bytes) else data
        for event in self._waiting.get(name, ()):
            event.set()


class RedisListening:
    """One waiter."""

    def __init__(self, event: asyncio.Event) -> None:
        self._event = event

    async def wait(self, seconds: float) -> bool:
        """Whether it was announced within the time."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._event.wait(), seconds)
        heard = self._event.is_set()
        self._event.clear()
        return heard
