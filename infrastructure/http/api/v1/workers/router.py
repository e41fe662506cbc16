from dishka import FromDishka
from fastapi import APIRouter

from application.workers.usecases import DrainWorker, ListWorkers
from domain.workers.entities import WorkerId, WorkerState
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
    return Page(items=[worker_model(worker, jobs) for worker, jobs in workers], next_cursor=next_cursor)


@router.post("/{worker_id}/drain", status_code=204, summary="Take a worker out of work", responses=errors(403, 404))
async def drain(worker_id: WorkerId, caller: Caller, use_case: FromDishka[DrainWorker]) -> None:
    """Scope `admin`. It gets no more jobs from now on, and judges to the end what it has; then it can be stopped."""
    await use_case(caller, worker_id, WorkerState.DRAINING)


@router.delete("/{worker_id}/drain", status_code=204, summary="Put it to work again", responses=errors(403, 404))
async def resume(worker_id: WorkerId, caller: Caller, use_case: FromDishka[DrainWorker]) -> None:
    """Scope `admin`."""
    await use_case(caller, worker_id, WorkerState.READY)
