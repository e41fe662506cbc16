"""What bodies of package imports look like."""

from pydantic import Field

from domain.problems.entities import ImportId
from domain.problems.enums import ImportStatus
from domain.verdicts import Verdict
from infrastructure.http.api.models import CamelBase, Moment


class ComplaintModel(CamelBase):
    """Why a package was refused."""

    message: str
    file: str | None = Field(description="inside the package; null: the package as a whole")
    line: int | None


class ProgressModel(CamelBase):
    """Where a proof stands."""

    step: str = Field(description="generate, validate or judge")
    done: int
    total: int
    detail: str = Field(description="the test or submission that was done last")


class ReferenceModel(CamelBase):
    """What one of the package's own submissions did."""

    path: str
    language: str | None
    expected: list[Verdict] = Field(description="the verdicts that its author expects")
    verdict: Verdict
    score: float
    cpu_time: float | None = Field(description="seconds, of its slowest test")
    ok: bool = Field(description="whether it did what its author expects")
    too_close: bool = Field(description="whether its verdict changes within the safety margin of the time limit")
    message: str = Field(description="why it is not ok")


class SkippedModel(CamelBase):
    """A submission of the package that was not judged; it counts neither for nor against it."""

    path: str
    reason: str


class ReportModel(CamelBase):
    """What the package has shown of itself. Times are seconds of cpu time."""

    time_limit: float = Field(description="in force")
    proposed_time_limit: float | None = Field(description="that follows from the slowest accepted submission")
    slowest_accepted: float | None
    fastest_slow: float | None = Field(description="of those that must be too slow; the least that was seen of it")
    margin: float | None = Field(description="how many times the slowest accepted submission fits into the limit")
    machine: str = Field(description="where the times were measured")
    submissions: list[ReferenceModel]
    skipped: list[SkippedModel]


class ImportModel(CamelBase):
    """An upload of a package."""

    id: ImportId
    problem: str | None = Field(description="slug; null until it is known")
    revision: int | None = Field(description="the accepted revision")
    status: ImportStatus
    format: str | None
    complaints: list[ComplaintModel] = Field(description="why it was refused")
    warnings: list[ComplaintModel] = Field(description="what looks wrong, and does not keep it from being accepted")
    progress: ProgressModel | None = Field(description="of a proof that goes on")
    report: ReportModel | None = Field(description="what the package has shown of itself, accepted or not")
    created_at: Moment
    finished_at: Moment | None
