from typing import Literal

from pydantic import Field

from domain.languages.entities import LanguageId
from domain.submissions.entities import JobId, SubmissionId
from domain.workers.entities import WorkerId
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
    state: Literal["ready", "draining", "unfit"] = Field(
        description="draining: it takes no more jobs; unfit: nor does this one, until its sandbox passes its trials"
    )
    complaint: str | None = Field(description="why it is unfit")
    versions: dict[LanguageId, str] = Field(description="what each language's compiler or interpreter calls itself")
    jobs: list[CurrentJobModel]
