from pydantic import Field

from domain.languages.entities import LanguageId
from domain.workers.entities import WorkerId
from infrastructure.http.api.models import CamelBase, Moment


class WorkerModel(CamelBase):
    """A live worker."""

    id: WorkerId
    name: str
    slots: int = Field(description="how many programs it runs at the same time")
    isolation: str = Field(examples=["namespaces+cgroup2+seccomp"])
    languages: list[LanguageId]
    started_at: Moment
    heartbeat_at: Moment
