from dishka import FromDishka
from fastapi import APIRouter

from application.workers.usecases import ListWorkers
from infrastructure.http.api.caller import Caller
from infrastructure.http.api.models import Page
from infrastructure.http.api.pagination import Cursor, Limit, slice_page
from infrastructure.http.api.responses import errors
from infrastructure.http.api.route import ApiRoute
from infrastructure.http.api.v1.workers.mappers import worker_model
from infrastructure.http.api.v1.workers.models import WorkerModel

router = APIRouter(prefix="/workers", tags=["workers"], route_class=ApiRoute)


@router.get("", summary="Who judges now", responses=errors(403))
async def list_workers(
    caller: Caller, use_case: FromDishka[ListWorkers], limit: Limit = 100, cursor: Cursor = None
) -> Page[WorkerModel]:
    """Scope `admin`. Live workers, oldest first."""
    workers, next_cursor = slice_page(await use_case(caller), limit, cursor)
    return Page(items=[worker_model(worker) for worker in workers], next_cursor=next_cursor)
