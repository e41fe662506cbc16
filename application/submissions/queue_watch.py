"""Gateway to the figures of queue and workers that operators watch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class QueueShare:
    """Jobs of one priority and language: those that wait and those in work."""

    priority: int
    language: str
    waiting: int
    running: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFigures:
    """``oldest_seconds``: how long the job that waits longest has waited, 0 when none does. ``imports`` by status.
    ``workers`` and ``slots`` are of live workers that are fit.
    """

    queue: Sequence[QueueShare]
    oldest_seconds: float
    workers: int
    unfit_workers: int
    slots: int
    imports: Mapping[str, int]


class QueueWatch(Protocol):
    """Cheap enough to be asked by everybody every few seconds."""

    async def look(self) -> QueueFigures | None:
        """Some seconds old at most; None when the database does not answer in time. Never raises for that."""
