"""Keys by the same use cases as over HTTP, in the tests' database."""

from uuid import UUID

import pytest

from domain.access.enums import Scope
from domain.access.exceptions import ApiKeyNotFound
from domain.exceptions import Invalid
from infrastructure.cli.access import create_key, is_valid, list_keys, revoke_key
from infrastructure.config import Config


async def test_a_key_from_its_making_to_its_end(config: Config) -> None:
    created = await create_key(config, "of a test", frozenset({Scope.ADMIN}))
    assert created.key.id in [key.id for key in await list_keys(config)]
    assert await is_valid(config, created.secret)
    await revoke_key(config, created.key.id)
    assert not await is_valid(config, created.secret)
    assert not await is_valid(config, created.secret[:-1])


async def test_a_key_that_may_not_do_everything_is_not_the_operators(config: Config) -> None:
    created = await create_key(config, "of a test", frozenset({Scope.SUBMIT}))
    assert not await is_valid(config, created.secret)


async def test_what_cannot_be(config: Config) -> None:
    with pytest.raises(Invalid):
        await create_key(config, "", frozenset({Scope.ADMIN}))
    with pytest.raises(ApiKeyNotFound):
        await revoke_key(config, UUID(int=0))
