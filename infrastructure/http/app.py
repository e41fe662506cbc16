"""Builds the HTTP application. What errors become is one table: ``api/errors.py``."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from dishka import AsyncContainer
from dishka.integrations.fastapi import setup_dishka
from fastapi import FastAPI

from infrastructure.config import Config
from infrastructure.http import health, metrics
from infrastructure.http.api import v1
from infrastructure.http.error_handlers import add_error_handlers
from infrastructure.http.openapi import DESCRIPTION, complete
from infrastructure.http.request_log import RequestLog
from infrastructure.http.upkeep import Upkeep

MULTIPART_SLACK = 64 * 1024
"""What a multipart body may have beside the package."""


LAST_UPKEEP_SECONDS = 2.0
"""A database that is away must not hold up the end."""


def create_app(config: Config, container: AsyncContainer) -> FastAPI:
    """The application over a container of its own, which it closes at its end."""
    app = FastAPI(
        title="Proba",
        version="0.1.0",
        description=DESCRIPTION,
        lifespan=_close_container,
        redirect_slashes=False,
    )
    app.state.max_body = config.max_body_size
    app.state.max_package_body = config.max_package_size + MULTIPART_SLACK
    for router in v1.ROUTERS:
        app.include_router(router, prefix=v1.PREFIX)
    app.include_router(health.router)
    if config.metrics != "off":
        app.include_router(metrics.router)
    add_error_handlers(app)
    setup_dishka(container, app)
    app.add_middleware(RequestLog)
    app.openapi = complete(app)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _close_container(app: FastAPI) -> AsyncIterator[None]:
    container: AsyncContainer = app.state.dishka_container
    upkeep = asyncio.create_task(Upkeep(container).run())
    yield
    upkeep.cancel()
    await asyncio.gather(upkeep, return_exceptions=True)
    with suppress(TimeoutError):
        async with asyncio.timeout(LAST_UPKEEP_SECONDS):
            await Upkeep(container).step()
    await container.close()
