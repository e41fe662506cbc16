from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.workers.entities import Worker, WorkerId, WorkerState
from infrastructure.database.repositories.repository import Repository
from infrastructure.database.repositories.workers.mappers import to_worker
from infrastructure.database.repositories.workers.models import WorkerModel


class SqlWorkerRepository(Repository):
    """``domain.workers.repositories.WorkerRepository`` over PostgreSQL."""

    async def register(self, worker: Worker) -> None:
        """All but ``heartbeat_at`` is as the worker says; the state of one that is there stays."""
        values = {
            "name": worker.name,
            "slots": worker.slots,
            "isolation": worker.isolation,
            "languages": worker.languages,
            "started_at": worker.started_at,
            "heartbeat_at": func.clock_timestamp(),
            "complaint": worker.complaint,
        }
        statement = insert(WorkerModel).values(id=worker.id, state=worker.state, **values)
        await self._execute(statement.on_conflict_do_update(index_elements=[WorkerModel.id], set_=values))

    async def beat(self, worker_id: WorkerId, complaint: str) -> WorkerState | None:
        """One statement."""
        statement = update(WorkerModel).where(WorkerModel.id == worker_id)
        values = {"heartbeat_at": func.clock_timestamp(), "complaint": complaint}
        return await self._one(statement.values(values).returning(WorkerModel.state))

    async def set_state(self, worker_id: WorkerId, state: WorkerState) -> bool:
        """Claims of a draining worker are refused from the commit on."""
        statement = update(WorkerModel).where(WorkerModel.id == worker_id)
        return await self._one(statement.values(state=state).returning(WorkerModel.id)) is not None

    async def remove(self, worker_id: WorkerId) -> None:
        """Silent when it is not there."""
        await self._execute(delete(WorkerModel).where(WorkerModel.id == worker_id))

    async def list_live(self, within: timedelta) -> list[Worker]:
        """By start, then by id."""
        query = select(WorkerModel).where(WorkerModel.heartbeat_at > func.clock_timestamp() - within)
        return [to_worker(model) for model in await self._all(query.order_by(WorkerModel.started_at, WorkerModel.id))]

    async def remove_dead(self, older_than: timedelta) -> None:
        """Two may do it at once."""
        await self._execute(delete(WorkerModel).where(WorkerModel.heartbeat_at <= func.clock_timestamp() - older_than))
