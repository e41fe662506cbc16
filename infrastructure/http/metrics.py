"""``GET /metrics``."""

import os

from dishka import FromDishka
from dishka.integrations.fastapi import DishkaRoute
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from application.submissions.queue_watch import QueueWatch
from domain.access.enums import Scope as KeyScope
from domain.access.exceptions import MissingScope
from infrastructure.config import Config
from infrastructure.http.api.caller import authenticate
from infrastructure.metrics.queue_collector import QueueCollector

router = APIRouter(tags=["health"], route_class=DishkaRoute)


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus text."}},
)
async def metrics(request: Request, config: FromDishka[Config], watch: FromDishka[QueueWatch]) -> Response:
    """Of this server, and of queue and workers as the database knows them. With `PROBA_METRICS=key` it wants a key of
    scope `admin`.
    """
    if config.metrics == "key":
        await authenticate(request)
        if KeyScope.ADMIN not in request.state.key.scopes:
            raise MissingScope((KeyScope.ADMIN,))
    found = CollectorRegistry(auto_describe=False)
    found.register(QueueCollector(await watch.look()))
    own = generate_latest(_own())
    return Response(own + generate_latest(found), media_type=CONTENT_TYPE_LATEST)


def _own() -> CollectorRegistry:
    """Of all processes that share the port, where there are several."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    shared = CollectorRegistry()
    MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return shared
