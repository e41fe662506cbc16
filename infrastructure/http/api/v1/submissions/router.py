import logging
from datetime import timedelta
from typing import Annotated

from dishka import FromDishka
from fastapi import APIRouter, Depends, Path, Query, Response

from application.idempotency.reply_keeper import ReplyKeeper
from application.submissions.usecases import (
    CancelSubmission,
    DeleteSubmission,
    GetSources,
    GetSubmission,
    ListJobs,
    ListSubmissions,
    NewSubmission,
    RejudgeSubmission,
    SubmitSolutions,
)
from domain.exceptions import ProbaError
from domain.submissions.dtos import SubmissionFilter
from domain.submissions.entities import SubmissionId
from domain.submissions.enums import RevisionChoice
from infrastructure.http.api.caller import Caller
from infrastructure.http.api.idempotency import reply
from infrastructure.http.api.models import Page
from infrastructure.http.api.pagination import Cursor, Limit, encode_cursor, slice_page
from infrastructure.http.api.responses import BODY, errors
from infrastructure.http.api.route import ApiRoute
from infrastructure.http.api.v1.submissions.batch import BODY_SCHEMA, Batch, batch_answers, batch_reply, read_batch
from infrastructure.http.api.v1.submissions.filters import submission_filter
from infrastructure.http.api.v1.submissions.mappers import job_model, new_submission, source_model, submission_model
from infrastructure.http.api.v1.submissions.models import (
    BatchAnswerModel,
    JobModel,
    NewSubmissionModel,
    SourceModel,
    SubmissionModel,
)
from infrastructure.metrics.requests import ACCEPTED

log = logging.getLogger(__name__)

router = APIRouter(prefix="/submissions", tags=["submissions"], route_class=ApiRoute)

Wait = Annotated[
    float,
    Query(ge=0, le=60, allow_inf_nan=False, description="seconds: answer when it has finished or the time is over"),
]
IdPath = Annotated[SubmissionId, Path()]


@router.post(
    "",
    status_code=201,
    summary="Submit a program",
    responses=errors(403, 404, *BODY),
)
async def submit(
    body: NewSubmissionModel,
    caller: Caller,
    response: Response,
    use_case: FromDishka[SubmitSolutions],
    get_submission: FromDishka[GetSubmission],
    keeper: FromDishka[ReplyKeeper],
    wait: Wait = 0,
) -> SubmissionModel:
    """Scope `submit`. It is stored when this answers; `Location` shows how it fares."""
    keeper.show_as(lambda new: reply(201, submission_model(new[0]), _location(new[0].submission.id)))
    (answer,) = await use_case(caller, [new_submission(body)])
    if isinstance(answer, ProbaError):
        raise answer
    ACCEPTED.inc()
    ids = {"submission": str(answer.submission.id), "job": str(answer.job.id)}
    log.info("submission %(submission)s accepted, job %(job)s", ids, extra=ids)
    if wait:
        answer = await get_submission(caller, answer.submission.id, wait=timedelta(seconds=wait))
    response.headers.update(_location(answer.submission.id))
    return submission_model(answer)


@router.post(
    "/batch",
    summary="Submit many programs",
    responses=errors(403, *BODY),
    openapi_extra=BODY_SCHEMA,
)
async def submit_batch(
    body: Batch, caller: Caller, use_case: FromDishka[SubmitSolutions], keeper: FromDishka[ReplyKeeper]
) -> list[BatchAnswerModel]:
    """Scope `submit`. Up to 1000; each is accepted or refused on its own, answered in the order of the body."""
    read = read_batch(body)
    keeper.show_as(lambda answers: batch_reply(batch_answers(read, answers)))
    answers = await use_case(caller, [one for one in read if isinstance(one, NewSubmission)])
    ACCEPTED.inc(sum(not isinstance(answer, ProbaError) for answer in answers))
    return batch_answers(read, answers)


@router.get("", summary="List submissions", responses=errors())
async def list_submissions(
    caller: Caller,
    use_case: FromDishka[ListSubmissions],
    filter_: Annotated[SubmissionFilter, Depends(submission_filter)],
    limit: Limit = 50,
) -> Page[SubmissionModel]:
    """Newest first, without tests: the key's own; for `author` also those to its problems, for `admin` all."""
    views = await use_case(caller, filter_, limit + 1)
    next_cursor = encode_cursor(str(views[limit - 1].submission.id)) if len(views) > limit else None
    return Page(items=[submission_model(view, tests=False) for view in views[:limit]], next_cursor=next_cursor)


@router.get("/{submission_id}", summary="Read a submission", responses=errors(404))
async def get_submission(
    submission_id: IdPath, caller: Caller, use_case: FromDishka[GetSubmission], wait: Wait = 0
) -> SubmissionModel:
    """With its newest job and the tests recorded so far."""
    return submission_model(await use_case(caller, submission_id, wait=timedelta(seconds=wait)))


@router.delete("/{submission_id}", status_code=204, summary="Delete a submission", responses=errors(403, 404))
async def delete_submission(submission_id: IdPath, caller: Caller, use_case: FromDishka[DeleteSubmission]) -> None:
    """With its sources, jobs and results; for the key that sent it in, and for `admin`. What runs is cancelled."""
    await use_case(caller, submission_id)


@router.post("/{submission_id}/cancel", summary="Cancel a submission", responses=errors(403, 404, 409))
async def cancel_submission(
    submission_id: IdPath, caller: Caller, use_case: FromDishka[CancelSubmission]
) -> SubmissionModel:
    """Whoever may see it may cancel it, also twice; a rejudge of what was sent to a problem only the problem's author.
    It gets no verdict; the tests recorded so far stay. 409: it has finished.
    """
    return submission_model(await use_case(caller, submission_id))


@router.post(
    "/{submission_id}/rejudge", status_code=201, summary="Judge a submission again", responses=errors(403, 404, 409)
)
async def rejudge_submission(
    submission_id: IdPath,
    caller: Caller,
    response: Response,
    use_case: FromDishka[RejudgeSubmission],
    keeper: FromDishka[ReplyKeeper],
    revision: RevisionChoice = RevisionChoice.NEWEST,
    priority: Annotated[int | None, Query(ge=-(2**31), lt=2**31, description="left out: -10")] = None,
) -> JobModel:
    """For the problem's author and for `admin`: a new job; the verdicts before stay readable under `/jobs`. 409: it is
    being judged.
    """
    keeper.show_as(lambda new: reply(201, job_model(new), _location(submission_id, new.job.number)))
    view = await use_case(caller, submission_id, revision, priority)
    response.headers.update(_location(submission_id, view.job.number))
    return job_model(view)


@router.get("/{submission_id}/sources", summary="Read what was sent", responses=errors(404))
async def get_sources(
    submission_id: IdPath,
    caller: Caller,
    use_case: FromDishka[GetSources],
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[SourceModel]:
    """In the order of sending."""
    sources, next_cursor = slice_page(await use_case(caller, submission_id), limit, cursor)
    return Page(items=[source_model(source) for source in sources], next_cursor=next_cursor)


@router.get("/{submission_id}/jobs", summary="List a submission's jobs", responses=errors(404))
async def list_jobs(
    submission_id: IdPath,
    caller: Caller,
    use_case: FromDishka[ListJobs],
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[JobModel]:
    """Oldest first, without tests: every judging of it."""
    views, next_cursor = slice_page(await use_case(caller, submission_id), limit, cursor)
    return Page(items=[job_model(view, tests=False) for view in views], next_cursor=next_cursor)


@router.get("/{submission_id}/jobs/{number}", summary="Read one job", responses=errors(404))
async def get_job(
    submission_id: IdPath,
    number: Annotated[int, Path(ge=1, le=1_000_000)],
    caller: Caller,
    use_case: FromDishka[GetSubmission],
) -> JobModel:
    """With its tests."""
    return job_model(await use_case(caller, submission_id, number))


def _location(submission_id: SubmissionId, number: int | None = None) -> dict[str, str]:
    path = f"/api/v1/submissions/{submission_id}"
    return {"Location": path if number is None else f"{path}/jobs/{number}"}
