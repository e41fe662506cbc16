import asyncio
import logging
import random

from dishka import AsyncContainer

from application.access.usecases import RecordKeyUse
from application.exceptions import StorageFull, StorageUnavailable
from application.idempotency.usecases import ForgetReplies

log = logging.getLogger(__name__)

EVERY_SECONDS = 30.0


class Upkeep:
    """What a server process does beside answering: storing when keys were used, and forgetting old replies."""

    def __init__(self, container: AsyncContainer) -> None:
        self._container = container

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(EVERY_SECONDS * random.uniform(0.5, 1.0))  # noqa: S311  # not all servers at once
            await self.step()

    async def step(self) -> None:
        """Once. Never raises: what fails now may not fail the next time, and no request depends on it."""
        steps: tuple[type[RecordKeyUse | ForgetReplies], ...] = (RecordKeyUse, ForgetReplies)
        for use_case in steps:
            try:
                async with self._container() as scope:
                    await (await scope.get(use_case))()
            except (StorageUnavailable, StorageFull) as error:
                log.warning("upkeep is put off: %s", error)
            except Exception:
                log.exception("upkeep failed")
