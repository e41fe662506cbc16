"""The taskiq broker that carries wake-ups.

The stock RedisStreamBroker has been seen to lose jobs, run them twice, and stop for good when Redis restarts. Here a
message is only a bell, so that delivery needs no acknowledgement at all (NOACK); what the stream must do is to go on
listening through every outage, and not to grow.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Collection, Iterator
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError
from taskiq import AckableMessage, BrokerMessage
from taskiq_redis import RedisStreamBroker

log = logging.getLogger(__name__)

STREAM = "proba:bell"
GROUP = "workers"
LANGUAGE = "language"
"""The label of a message that is only for workers with that language: it has a stream of its own."""
MAX_LENGTH = 1000
"""Each wake-up makes a worker take every job that it can: more bells than slots are of no use."""
BLOCK_MS = 2000
FIRST_DELAY, LAST_DELAY = 0.1, 3.0
CLAIM_SECONDS = 0.005
FORGOTTEN_AFTER_MS = 3_600_000


class BellBroker(RedisStreamBroker):
    """One persistent client; reconnects with backoff. ``languages``: those of the worker that listens."""

    def __init__(self, url: str, languages: Collection[str] = ()) -> None:
        super().__init__(
            url,
            queue_name=STREAM,
            consumer_group_name=GROUP,
            consumer_id="$",
            maxlen=MAX_LENGTH,
            xread_block=BLOCK_MS,
            xread_count=1,
            additional_streams={_stream_of(language): ">" for language in languages},
            socket_connect_timeout=2,
            socket_timeout=BLOCK_MS / 1000 + 3,
        )
        self._redis: Redis = Redis(connection_pool=self.connection_pool)
        self._streams: dict[Any, Any] = dict.fromkeys((STREAM, *self.additional_streams), ">")
        self.deaf = False
        """Whether to leave all rings to other workers."""

    async def startup(self) -> None:
        """As the stock broker, but an unreachable Redis is no reason not to start: ``listen`` goes on trying."""
        try:
            await super().startup()
        except (RedisError, OSError) as error:
            log.warning("Redis cannot be reached at start, going on: %s", error)
        else:
            await self._forget_the_dead()

    async def shutdown(self) -> None:
        """Leave the group, then close."""
        try:
            if self.is_worker_process:
                for stream in self._streams:
                    await self._redis.xgroup_delconsumer(stream, GROUP, self.consumer_name)
        except (RedisError, OSError) as error:
            log.debug("could not leave the consumer group: %s", error)
        await super().shutdown()

    async def kick(self, message: BrokerMessage) -> None:
        """Ring. Raises RedisError."""
        language = message.labels.get(LANGUAGE)
        stream = STREAM if language is None else _stream_of(language)
        await self._redis.xadd(stream, {b"data": message.message}, maxlen=self.maxlen, approximate=True)

    async def listen(self) -> AsyncGenerator[AckableMessage, None]:
        """Wake-ups, for ever."""
        delay = FIRST_DELAY
        while True:
            if self.deaf:
                await asyncio.sleep(BLOCK_MS / 1000)
                continue
            try:
                fetched = await self._redis.xreadgroup(
                    GROUP, self.consumer_name, self._streams, count=self.count, block=self.block, noack=True
                )
            except ResponseError as error:
                # a flushed or replaced Redis knows neither stream nor group
                log.warning("the bell's stream is gone, making it again: %s", error)
                await asyncio.sleep(delay)
                await self._try_to_declare()
                delay = min(delay * 2, LAST_DELAY)
            except (RedisError, OSError, TimeoutError) as error:
                if delay == FIRST_DELAY:
                    log.warning("lost Redis, jobs are found by looking until it is back: %s", error)
                await asyncio.sleep(delay)
                delay = min(delay * 2, LAST_DELAY)
            else:
                if delay != FIRST_DELAY:
                    log.info("Redis is back")
                delay = FIRST_DELAY
                for message in _messages(fetched):
                    yield AckableMessage(data=message, ack=_nothing)
                    # asking for the next one costs a millisecond: the job that this one is about is begun first
                    await asyncio.sleep(CLAIM_SECONDS)

    async def _forget_the_dead(self) -> None:
        """Names of workers that were killed would gather for ever; a living one has asked in the last seconds."""
        if not self.is_worker_process:
            return
        try:
            for stream in self._streams:
                for consumer in await self._redis.xinfo_consumers(stream, GROUP):
                    if consumer["idle"] > FORGOTTEN_AFTER_MS:
                        await self._redis.xgroup_delconsumer(stream, GROUP, consumer["name"])
        except (RedisError, OSError) as error:
            log.debug("could not look for dead consumers: %s", error)

    async def _try_to_declare(self) -> None:
        try:
            await self._declare_consumer_group()
        except (RedisError, OSError) as error:
            log.debug("could not make the consumer group: %s", error)


def _stream_of(language: str) -> str:
    return f"{STREAM}:{language}"


def _messages(fetched: Any) -> Iterator[bytes]:
    """redis-py types an answer as anything at all: [[stream, [(id, fields)]]]."""
    for _, entries in fetched or ():
        for _, fields in entries:
            yield fields[b"data"]


async def _nothing() -> None:
    """A bell needs no acknowledgement."""
