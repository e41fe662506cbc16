import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

from redis.exceptions import RedisError
from taskiq.exceptions import SendTaskError

log = logging.getLogger(__name__)
Item = TypeVar("Item")

MAX_WAITING = 10_000
PATIENCE_SECONDS = 0.02
"""How long somebody may be kept for a send that usually takes half a millisecond."""


class Outbox(Generic[Item]):
    """Sends in the background what may be lost, so that nobody waits for Redis; what gathers meanwhile goes as one
    batch.
    """

    def __init__(self, send: Callable[[Sequence[Item]], Awaitable[None]]) -> None:
        self._send = send
        self._waiting: list[Item] = []
        self._sender: asyncio.Task[None] | None = None
        self._healthy = True

    def put(self, *items: Item) -> None:
        """Returns at once; dropped when too many wait already."""
        if len(self._waiting) < MAX_WAITING:
            self._waiting.extend(items)
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send_all())

    async def put_first(self, *items: Item) -> None:
        """As ``put``; where nothing else is being sent, it is on its way before the caller goes on: what he does next
        may keep this process busy for longer than the receiver needs. Nobody waits for a Redis that is away.
        """
        idle = self._sender is None or self._sender.done()
        self.put(*items)
        if idle and self._healthy and self._sender is not None:
            await asyncio.wait({self._sender}, timeout=PATIENCE_SECONDS)

    async def close(self, timeout_seconds: float = 1.0) -> None:
        """Give what still waits a moment to go out."""
        if self._sender is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._sender, timeout_seconds)

    async def _send_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await self._send(batch)
            except (RedisError, SendTaskError, OSError, TimeoutError) as error:
                if self._healthy:  # once an outage, not once a message
                    log.warning("Redis cannot be reached, wake-ups are lost until it is back: %s", error)
                self._healthy = False
            else:
                self._healthy = True
