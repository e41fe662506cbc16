from domain.workers.entities import Worker
from infrastructure.http.api.v1.workers.models import WorkerModel


def worker_model(worker: Worker) -> WorkerModel:
    """Of its languages the ids; the rest of them is under /languages."""
    return WorkerModel(
        id=worker.id,
        name=worker.name,
        slots=worker.slots,
        isolation=worker.isolation,
        languages=[language.id for language in worker.languages],
        started_at=worker.started_at,
        heartbeat_at=worker.heartbeat_at,
    )
