from pydantic import Field

from domain.languages.entities import LanguageId
from domain.submissions.entities import JobId, SubmissionId
from domain.workers.entities import WorkerId, WorkerState
from infrastructure.http.api.models import CamelBase, Moment


class CurrentJobModel(CamelBase):
    """A job in work."""

    job_id: JobId
    submission_id: SubmissionId
    attempt: int
    since: Moment


class WorkerModel(CamelBase):
    """A live worker."""

    id: WorkerId
    name: str
    slots: int = Field(description="how many programs it runs at the same time")
    isolation: str = Field(examples=["namespaces+cgroup2+seccomp"])
    languages: list[LanguageId]
    started_at: Moment
    heartbeat_at: Moment
    state: WorkerState = Field(description="draining: it takes no more jobs")
    versions: dict[LanguageId, str] = Field(description="what each language's compiler or interpreter calls itself")
    jobs: list[CurrentJobModel]
