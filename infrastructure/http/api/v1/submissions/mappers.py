from application.submissions.usecases import NewSubmission
from domain.languages.entities import LanguageId
from domain.problems.entities import Slug
from domain.runs.entities import Limits, SourceFile
from domain.submissions.entities import CompileResult, GroupScore, SubmissionView, TestResult
from infrastructure.http.api.retort import retort
from infrastructure.http.api.v1.problems.mappers import draft
from infrastructure.http.api.v1.submissions.models import (
    CompileModel,
    EffectiveLimitsModel,
    GroupScoreModel,
    JobModel,
    NewSubmissionModel,
    SourceModel,
    SubmissionModel,
    TestResultModel,
)

_test_model = retort.get_converter(TestResult, TestResultModel)
_compile_model = retort.get_converter(CompileResult, CompileModel)
_limits_model = retort.get_converter(Limits, EffectiveLimitsModel)
_group_model = retort.get_converter(GroupScore, GroupScoreModel)


def new_submission(body: NewSubmissionModel) -> NewSubmission:
    """Shapes only; whether it is right is the use case's to say."""
    return NewSubmission(
        problem=None if body.problem is None else Slug(body.problem),
        draft=None
        if body.tests is None
        else draft(
            tests=body.tests,
            limits=body.limits,
            checker=body.checker,
            scoring=body.scoring,
            groups=body.groups,
        ),
        language=LanguageId(body.language),
        sources=tuple(SourceFile(source.name, source.content.encode()) for source in body.sources),
        priority=body.priority,
        stop_on_failure=body.stop_on_failure,
        metadata=body.metadata,
    )


def submission_model(view: SubmissionView, *, tests: bool = True) -> SubmissionModel:
    """The submission with the job of the view; ``tests``: whether the view has them."""
    submission, job, result = view.submission, view.job, view.job.result
    return SubmissionModel(
        id=submission.id,
        problem=view.problem,
        revision=view.revision,
        language=submission.language,
        priority=submission.priority,
        status=job.status,
        verdict=result.verdict if result else None,
        score=result.score if result else None,
        max_score=result.max_score if result else None,
        cpu_time=result.cpu_time.total_seconds() if result and result.cpu_time is not None else None,
        wall_time=result.wall_time.total_seconds() if result and result.wall_time is not None else None,
        memory=result.memory if result else None,
        message=result.message if result else None,
        compile=_compile_model(job.compile) if job.compile else None,
        tests=[_test_model(test) for test in view.tests] if tests else None,
        groups=[_group_model(group) for group in result.groups] if result else [],
        limits=_limits_model(job.limits) if job.limits else None,
        isolation=job.isolation,
        worker=job.worker,
        attempt=job.attempt,
        created_at=submission.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        metadata=dict(submission.metadata),
    )


def job_model(view: SubmissionView, *, tests: bool = True) -> JobModel:
    """The same, as one judging among several."""
    return JobModel(**dict(submission_model(view, tests=tests)), number=view.job.number, rejudge=view.job.rejudge_id)


def source_model(source: SourceFile) -> SourceModel:
    """As it was sent: JSON can bring nothing but valid UTF-8."""
    return SourceModel(name=source.name, content=source.content.decode(errors="replace"))
