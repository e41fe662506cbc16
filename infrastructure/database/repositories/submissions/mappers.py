"""Between rows and the domain."""

from collections.abc import Sequence
from typing import Any

from adaptix.conversion import get_converter

from domain.runs.entities import Limits, SourceFile
from domain.submissions.entities import (
    CompileResult,
    GroupScore,
    JobResult,
    RunTimes,
    Submission,
    SubmissionView,
    TestJob,
    TestResult,
)
from domain.submissions.rejudge import Rejudge
from infrastructure.database.repositories.submissions.models import RejudgeModel
from infrastructure.database.types import json_text

PLAIN = (
    "index",
    "name",
    "group",
    "sample",
    "verdict",
    "message",
    "share",
    "points",
    "cpu_time",
    "wall_time",
    "memory",
    "exit_code",
    "signal",
    "margin",
    "stdout",
    "stderr",
    "comment",
)
"""What a test result and its row have in common; only ``runs`` differ."""


def result_columns(results: Sequence[TestResult]) -> dict[str, list[Any]]:
    """Test results as columns, for ``unnest``."""
    columns: dict[str, list[Any]] = {name: [getattr(result, name) for result in results] for name in PLAIN}
    columns["runs"] = [json_text(result.runs, tuple[RunTimes, ...]) for result in results]
    return columns


def job_columns(
    result: JobResult, compile_result: CompileResult | None, limits: Limits | None, isolation: str
) -> dict[str, Any]:
    """The end of a job, as the statement that finishes it names it."""
    return {
        "job_verdict": result.verdict,
        "score": result.score,
        "max_score": result.max_score,
        "job_message": result.message,
        "job_cpu_time": result.cpu_time,
        "job_wall_time": result.wall_time,
        "job_memory": result.memory,
        "groups": json_text(result.groups, tuple[GroupScore, ...]),
        **compile_columns(compile_result, limits, isolation),
    }


def compile_columns(compile_result: CompileResult | None, limits: Limits | None, isolation: str) -> dict[str, Any]:
    """What is known once the sources have been compiled."""
    return {
        "compile": json_text(compile_result, CompileResult),
        "limits": json_text(limits, Limits),
        "isolation": isolation,
    }


def to_result(row: Any) -> TestResult:
    """From a row of ``test_results``."""
    return TestResult(**{name: getattr(row, name) for name in PLAIN}, runs=row.runs)


def to_submission(row: Any, sources: tuple[SourceFile, ...] = ()) -> Submission:
    """From a row of ``submissions``."""
    return Submission(
        id=row.id,
        key_id=row.key_id,
        problem_id=row.problem_id,
        revision_id=row.revision_id,
        language=row.language,
        sources=sources,
        priority=row.priority,
        stop_on_failure=row.stop_on_failure,
        metadata=row.metadata,
        created_at=row.created_at,
    )


def to_job(row: Any) -> TestJob:
    """From a row of ``jobs``."""
    return TestJob(
        id=row.id,
        submission_id=row.submission_id,
        number=row.number,
        status=row.status,
        attempt=row.attempt,
        created_at=row.created_at,
        result=None if row.verdict is None else _to_job_result(row),
        compile=row.compile,
        limits=row.limits,
        isolation=row.isolation,
        worker=row.worker,
        started_at=row.started_at,
        finished_at=row.finished_at,
        rejudge_id=row.rejudge_id,
    )


to_rejudge = get_converter(RejudgeModel, Rejudge)


def _to_job_result(row: Any) -> JobResult:
    return JobResult(
        verdict=row.verdict,
        score=row.score,
        max_score=row.max_score,
        message=row.message,
        cpu_time=row.cpu_time,
        wall_time=row.wall_time,
        memory=row.memory,
        groups=row.groups,
    )


def to_view(row: Any, tests: tuple[TestResult, ...] = ()) -> SubmissionView:
    """From a row that holds one of ``submissions`` and one of ``jobs``. Of tests that came with the submission there
    is no revision to speak of.
    """
    return SubmissionView(
        submission=to_submission(row.submission),
        problem=row.slug,
        problem_owner=row.owner,
        revision=row.number if row.slug is not None else None,
        job=to_job(row.job),
        tests=tests,
    )
