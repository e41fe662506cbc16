from datetime import timedelta
from typing import Protocol

from domain.workers.entities import Worker, WorkerId, WorkerState


class WorkerRepository(Protocol):
    """Registered workers; liveness is measured by the database's clock alone."""

    async def register(self, worker: Worker) -> None:
        """Add or replace; its heartbeat is the database's now."""

    async def beat(self, worker_id: WorkerId, complaint: str) -> WorkerState | None:
        """Note that it lives, and what ails it; None: it is not registered (it was silent for so long that it was
        forgotten).
        """

    async def set_state(self, worker_id: WorkerId, state: WorkerState) -> bool:
        """From now on; False: it is not registered."""

    async def remove(self, worker_id: WorkerId) -> None:
        """Forget it (a graceful stop)."""

    async def list_live(self, within: timedelta) -> list[Worker]:
        """Those whose heartbeat is younger than ``within``, oldest first."""

    async def remove_dead(self, older_than: timedelta) -> None:
        """Forget those whose last heartbeat is older."""
