from collections import Counter
from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from taskiq import BrokerMessage, TaskiqMessage
from taskiq.kicker import AsyncKicker

from domain.languages.entities import LanguageId
from domain.problems.entities import ImportId
from infrastructure.queue.bell_broker import LANGUAGE, BellBroker
from infrastructure.queue.outbox import Outbox

JUDGE = "judge"
IMPORT = "import_package"
"""Stable names of the worker's tasks: the server kicks by name and need not import them."""
MOST_AT_ONCE = 32
Item = TypeVar("Item")


class RedisBell:
    """``application.submissions.bell.Bell`` over the broker. It never raises."""

    def __init__(self, broker: BellBroker) -> None:
        self._broker = broker
        self._rings: dict[LanguageId | None, BrokerMessage] = {}
        self._outbox = Outbox[ImportId | LanguageId | None](self._send)

    async def ring(self, times: int = 1) -> None:
        """New jobs wait."""
        self._outbox.put(*[None] * min(times, MOST_AT_ONCE))

    async def ring_for(self, languages: Sequence[LanguageId]) -> None:
        """Rung before the server goes on to write its answer."""
        await self._outbox.put_first(*_few_of_each(languages))

    async def ring_import(self, import_id: ImportId) -> None:
        """A package waits."""
        self._outbox.put(import_id)

    async def close(self) -> None:
        """Give the last rings a moment."""
        await self._outbox.close()

    async def _send(self, items: Sequence[ImportId | LanguageId | None]) -> None:
        for item in _few_of_each(items):
            if isinstance(item, UUID):
                kicker: AsyncKicker[[str], None] = AsyncKicker(IMPORT, self._broker, {})
                await kicker.kiq(str(item))
            else:
                await self._broker.kick(self._ring(item))

    def _ring(self, language: LanguageId | None) -> BrokerMessage:
        """Made once: all of them say the same, and making one takes longer than sending it."""
        if language not in self._rings:
            labels = {LANGUAGE: language} if language else {}
            message = TaskiqMessage(task_id=JUDGE, task_name=JUDGE, labels=labels, args=[], kwargs={})
            self._rings[language] = self._broker.formatter.dumps(message)
        return self._rings[language]


def _few_of_each(items: Sequence[Item]) -> list[Item]:
    """Each wake-up makes a worker take every job that it can: more than its slots are of no use."""
    return [item for item, times in Counter(items).items() for _ in range(min(times, MOST_AT_ONCE))]
