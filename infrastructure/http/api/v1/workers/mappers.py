from collections.abc import Sequence

from domain.submissions.dtos import HeldJob
from domain.workers.entities import Worker
from infrastructure.http.api.v1.workers.models import CurrentJobModel, WorkerModel


def worker_model(worker: Worker, jobs: Sequence[HeldJob]) -> WorkerModel:
    """Of its languages ids and versions; the rest of them is under /languages."""
    return WorkerModel(
        id=worker.id,
        name=worker.name,
        slots=worker.slots,
        isolation=worker.isolation,
        languages=[language.id for language in worker.languages],
        started_at=worker.started_at,
        heartbeat_at=worker.heartbeat_at,
        state="unfit" if worker.complaint else worker.state.value,
        complaint=worker.complaint or None,
        versions={language.id: language.version for language in worker.languages},
        jobs=[
            CurrentJobModel(job_id=job.job_id, submission_id=job.submission_id, attempt=job.attempt, since=job.since)
            for job in jobs
        ],
    )
