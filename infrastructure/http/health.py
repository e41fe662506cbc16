"""For supervisors and load balancers: is the process alive, and could it serve?"""

from dishka import FromDishka
from dishka.integrations.fastapi import DishkaRoute
from fastapi import APIRouter, Response
from pydantic import Field

from application.health.usecases import CheckReadiness
from infrastructure.http.api.models import CamelBase

router = APIRouter(tags=["health"], route_class=DishkaRoute)


class HealthModel(CamelBase):
    """The process answers."""

    status: str = Field(examples=["ok"])


class ReadinessModel(CamelBase):
    """``troubles`` by the name of what is missing."""

    status: str = Field(examples=["ready", "unavailable"])
    troubles: dict[str, str]
    warnings: list[str]


@router.get("/healthz", summary="Liveness")
async def healthz() -> HealthModel:
    """Touches nothing: a process that answers here needs no restart."""
    return HealthModel(status="ok")


@router.get("/readyz", summary="Readiness", responses={503: {"model": ReadinessModel, "description": "Not ready."}})
async def readyz(response: Response, use_case: FromDishka[CheckReadiness]) -> ReadinessModel:
    """The database is reachable and migrated, and Redis is reachable. That no fit worker lives is only a warning."""
    readiness = await use_case()
    if not readiness.ready:
        response.status_code = 503
    return ReadinessModel(
        status="ready" if readiness.ready else "unavailable",
        troubles=dict(readiness.troubles),
        warnings=list(readiness.warnings),
    )
