from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from domain.languages.entities import Language

WorkerId = NewType("WorkerId", UUID)


class WorkerState(StrEnum):
    """``DRAINING``: it takes no more jobs, and ends those that it has."""

    READY = "ready"
    DRAINING = "draining"


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One worker process. It is live while ``heartbeat_at`` is younger than the lease. ``complaint``: why its sandbox
    cannot be trusted now; it takes no jobs then.
    """

    id: WorkerId
    name: str
    slots: int
    isolation: str
    languages: tuple[Language, ...]
    started_at: datetime
    heartbeat_at: datetime
    state: WorkerState = WorkerState.READY
    complaint: str = ""
