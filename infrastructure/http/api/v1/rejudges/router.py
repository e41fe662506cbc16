from typing import Annotated

from dishka import FromDishka
from fastapi import APIRouter, Path, Response

from application.idempotency.reply_keeper import ReplyKeeper
from application.submissions.usecases import CancelRejudge, GetRejudge, ListRejudges, RejudgeSubmissions
from domain.submissions.entities import RejudgeId, SubmissionId
from domain.submissions.rejudge import Rejudge
from infrastructure.http.api.caller import Caller
from infrastructure.http.api.idempotency import reply
from infrastructure.http.api.models import Page
from infrastructure.http.api.pagination import Cursor, Limit, encode_cursor
from infrastructure.http.api.responses import BODY, errors
from infrastructure.http.api.route import ApiRoute
from infrastructure.http.api.v1.rejudges.mappers import (
    begun_model,
    id_of,
    rejudge_filter,
    rejudge_model,
    rejudge_report,
)
from infrastructure.http.api.v1.rejudges.models import NewRejudgeModel, RejudgeModel, RejudgeReportModel

router = APIRouter(prefix="/rejudges", tags=["rejudges"], route_class=ApiRoute)


@router.post("", status_code=201, summary="Judge many submissions again", responses=errors(403, 404, *BODY))
async def create_rejudge(
    body: NewRejudgeModel,
    caller: Caller,
    response: Response,
    use_case: FromDishka[RejudgeSubmissions],
    keeper: FromDishka[ReplyKeeper],
) -> RejudgeModel:
    """Scope `author`, for what was sent to its problems; `admin` for all. Each submission gets a new job, which goes
    after what is sent in; those that are being judged are skipped. `Location` shows how it fares.
    """
    keeper.show_as(lambda new: reply(201, begun_model(new), _location(new)))
    rejudge = await use_case(caller, rejudge_filter(body), body.revision, body.priority)
    response.headers.update(_location(rejudge))
    return begun_model(rejudge)


@router.get("", summary="List rejudges", responses=errors())
async def list_rejudges(
    caller: Caller, use_case: FromDishka[ListRejudges], limit: Limit = 50, cursor: Cursor = None
) -> Page[RejudgeModel]:
    """Newest first: those that the key has asked for, for `admin` all."""
    before = id_of(cursor)
    found = await use_case(caller, limit + 1, None if before is None else RejudgeId(before))
    next_cursor = encode_cursor(str(found[limit - 1][0].id)) if len(found) > limit else None
    return Page(items=[rejudge_model(*one) for one in found[:limit]], next_cursor=next_cursor)


@router.get("/{rejudge_id}", summary="Read a rejudge", responses=errors(404))
async def get_rejudge(
    rejudge_id: Annotated[RejudgeId, Path()],
    caller: Caller,
    use_case: FromDishka[GetRejudge],
    limit: Limit = 100,
    cursor: Cursor = None,
) -> RejudgeReportModel:
    """How it stands, and each submission whose verdict or score has changed until now, by age."""
    after = id_of(cursor)
    report = await use_case(caller, rejudge_id, limit + 1, None if after is None else SubmissionId(after))
    return rejudge_report(*report, limit)


@router.post("/{rejudge_id}/cancel", summary="Take back what of a rejudge has not begun", responses=errors(404))
async def cancel_rejudge(
    rejudge_id: Annotated[RejudgeId, Path()], caller: Caller, use_case: FromDishka[CancelRejudge]
) -> RejudgeModel:
    """What waits is withdrawn: its submissions show the verdicts that they had, as if nobody had asked. What has begun
    goes on to its end. For whoever asked for it, and `admin`; twice is as good as once.
    """
    return rejudge_model(*await use_case(caller, rejudge_id))


def _location(rejudge: Rejudge) -> dict[str, str]:
    return {"Location": f"/api/v1/rejudges/{rejudge.id}"}
