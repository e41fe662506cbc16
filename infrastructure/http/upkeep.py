import asyncio
import logging
import random
import time

from dishka import AsyncContainer

from application.access.usecases import RecordKeyUse
from application.exceptions import StorageUnavailable
from application.idempotency.usecases import ForgetReplies
from infrastructure.config import Config
from infrastructure.retention import retention

log = logging.getLogger(__name__)

EVERY_SECONDS = 30.0
RETENTION_EVERY_SECONDS = 3600.0


class Upkeep:
    """What a server process does beside answering: storing when keys were used, and forgetting old replies."""

    def __init__(self, container: AsyncContainer) -> None:
        self._container = container
        self._forget_at = time.monotonic() + RETENTION_EVERY_SECONDS * random.random()  # noqa: S311  # as below

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(EVERY_SECONDS * random.uniform(0.5, 1.0))  # noqa: S311  # not all servers at once
            await self.step()
            await self._forget()

    async def _forget(self) -> None:
        if time.monotonic() < self._forget_at:
            return
        self._forget_at = time.monotonic() + RETENTION_EVERY_SECONDS
        await self.forget()

    async def forget(self) -> None:
        """What has outlived its days. Never raises."""
        config = await self._container.get(Config)
        for use_case, what, kept in retention(config):
            try:
                async with self._container() as scope:
                    forgotten = await (await scope.get(use_case))(kept)
            except StorageUnavailable as error:
                log.warning("retention of %s is put off: %s", what, error)
            except Exception:
                log.exception("retention of %s failed", what)
            else:
                log.info("%d %s older than %d days were forgotten", forgotten, what, kept.days)

    async def step(self) -> None:
        """Once. Never raises: what fails now may not fail the next time, and no request depends on it."""
        steps: tuple[type[RecordKeyUse | ForgetReplies], ...] = (RecordKeyUse, ForgetReplies)
        for use_case in steps:
            try:
                async with self._container() as scope:
                    await (await scope.get(use_case))()
            except StorageUnavailable as error:
                log.warning("upkeep is put off: %s", error)
            except Exception:
                log.exception("upkeep failed")
