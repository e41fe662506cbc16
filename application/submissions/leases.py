"""The claims that this worker holds, and the tasks that work on them."""

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any

from domain.submissions.entities import Claim
from domain.submissions.exceptions import LeaseLost


class Leases:
    """Work runs as a child task, so that a lost lease can end it without being taken for a stop of the worker."""

    def __init__(self) -> None:
        self._work: dict[Claim, asyncio.Task[None]] = {}
        self._lost: set[Claim] = set()

    @property
    def held(self) -> Sequence[Claim]:
        """All claims in work now."""
        return tuple(self._work)

    async def hold(self, claim: Claim, work: Coroutine[Any, Any, None]) -> None:
        """Do ``work`` under ``claim``. Raises LeaseLost when ``lose`` was called for it; a cancellation from outside
        reaches the work and comes back as CancelledError once the work has ended.
        """
        task = asyncio.create_task(work)
        self._work[claim] = task
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            if claim in self._lost:
                raise LeaseLost from None
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            raise
        finally:
            del self._work[claim]
            self._lost.discard(claim)

    def lose(self, claim: Claim) -> None:
        """The heartbeat found that ``claim`` is no longer ours: end its work."""
        task = self._work.get(claim)
        if task is not None:
            self._lost.add(claim)
            task.cancel()
