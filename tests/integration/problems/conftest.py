from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar
from uuid import uuid4

import pytest
from dishka import AsyncContainer

from application.access.usecases import CreateKey
from domain.access.entities import ApiKey
from domain.access.enums import Scope
from domain.problems.entities import Slug
from infrastructure.config import Config
from infrastructure.providers.container import make_server_container
from infrastructure.providers.worker import make_worker_container

T = TypeVar("T")

Doing = Callable[..., Awaitable[T]]


@pytest.fixture(scope="session")
async def server(config: Config) -> AsyncIterator[AsyncContainer]:
    """What a server process has."""
    container = make_server_container(config)
    yield container
    await container.close()


@pytest.fixture(scope="session")
async def worker(config: Config) -> AsyncIterator[AsyncContainer]:
    """What a worker process has; its sandbox is not asked for."""
    container = make_worker_container(config)
    yield container
    await container.close()


async def new_key(server: AsyncContainer, *scopes: Scope) -> ApiKey:
    """A key of these scopes."""
    async with server() as scope:
        return (await (await scope.get(CreateKey))("test", frozenset(scopes))).key


@pytest.fixture
async def author(server: AsyncContainer) -> ApiKey:
    return await new_key(server, Scope.AUTHOR)


@pytest.fixture
def slug() -> Slug:
    """Nobody else's."""
    return Slug(f"p-{uuid4().hex}")
