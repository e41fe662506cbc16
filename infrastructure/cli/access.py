"""Keys through the same use cases as over HTTP."""

from collections.abc import AsyncIterator
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TypedDict, Unpack
from uuid import UUID

from dishka import AsyncContainer

from application.access.usecases import AuthenticateKey, CreatedKey, CreateKey, ListKeys, RevokeKey
from domain.access.entities import ApiKey, ApiKeyId
from domain.access.enums import Scope
from domain.access.rates import Rate
from domain.exceptions import Unauthenticated
from infrastructure.config import Config
from infrastructure.providers.access import make_access_container


class KeyLimits(TypedDict, total=False):
    """What is left out is unlimited."""

    request_rate: Rate | None
    submission_rate: Rate | None
    daily_quota: int | None


async def create_key(
    config: Config,
    name: str,
    scopes: AbstractSet[Scope],
    max_priority: int = 0,
    expires_at: datetime | None = None,
    **limits: Unpack[KeyLimits],
) -> CreatedKey:
    """Raises Invalid, StorageUnavailable."""
    async with _scope(config) as scope:
        return await (await scope.get(CreateKey))(name, scopes, max_priority, expires_at, **limits)


async def list_keys(config: Config) -> list[ApiKey]:
    """All, oldest first. Raises StorageUnavailable."""
    async with _scope(config) as scope:
        return await (await scope.get(ListKeys))()


async def revoke_key(config: Config, key_id: UUID) -> None:
    """Raises ApiKeyNotFound, StorageUnavailable."""
    async with _scope(config) as scope:
        await (await scope.get(RevokeKey))(None, ApiKeyId(key_id))


async def is_valid(config: Config, secret: str) -> bool:
    """Whether the database knows the key and it may do everything. Raises StorageUnavailable."""
    async with _scope(config) as scope:
        try:
            key = await (await scope.get(AuthenticateKey))(secret)
        except Unauthenticated:
            return False
    return key.allows(Scope.ADMIN)


@asynccontextmanager
async def _scope(config: Config) -> AsyncIterator[AsyncContainer]:
    container = make_access_container(config)
    try:
        async with container() as scope:
            yield scope
    finally:
        await container.close()
