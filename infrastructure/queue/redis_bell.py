from collections.abc import Sequence

from taskiq.kicker import AsyncKicker

from domain.problems.entities import ImportId
from infrastructure.queue.bell_broker import BellBroker
from infrastructure.queue.outbox import Outbox

JUDGE = "judge"
IMPORT = "import_package"
"""Stable names of the worker's tasks: the server kicks by name and need not import them."""
MOST_AT_ONCE = 32


class RedisBell:
    """``application.submissions.bell.Bell`` over the broker. It returns at once and never raises."""

    def __init__(self, broker: BellBroker) -> None:
        self._broker = broker
        self._outbox = Outbox[ImportId | None](self._send)

    async def ring(self, times: int = 1) -> None:
        """New jobs wait."""
        self._outbox.put(*[None] * min(times, MOST_AT_ONCE))

    async def ring_import(self, import_id: ImportId) -> None:
        """A package waits."""
        self._outbox.put(import_id)

    async def close(self) -> None:
        """Give the last rings a moment."""
        await self._outbox.close()

    async def _send(self, items: Sequence[ImportId | None]) -> None:
        judge: AsyncKicker[[], None] = AsyncKicker(JUDGE, self._broker, {})
        for _ in range(min(items.count(None), MOST_AT_ONCE)):
            await judge.kiq()
        for import_id in items:
            if import_id is not None:
                kicker: AsyncKicker[[str], None] = AsyncKicker(IMPORT, self._broker, {})
                await kicker.kiq(str(import_id))
