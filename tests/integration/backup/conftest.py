from pathlib import Path

import pytest

from application.access.usecases import CreateKey
from domain.access.enums import Scope
from infrastructure.database.migrations import migrate
from infrastructure.embedded.postgres import EmbeddedPostgres
from infrastructure.providers.container import make_server_container
from tests.integration.backup.places import PROBLEM, SUBMISSION, Place, Places


@pytest.fixture
def places(postgres_server: EmbeddedPostgres, redis_url: str, tmp_path: Path) -> Places:
    return Places(postgres_server, redis_url, tmp_path)


@pytest.fixture
async def used(places: Places) -> tuple[Place, str]:
    """A service with a problem, and its key."""
    place = await places.new()
    await migrate(str(place.config.database_url))
    container = make_server_container(place.config)
    async with container() as scope:
        key = await (await scope.get(CreateKey))("backup", frozenset(Scope), 0)
    await container.close()
    async with place.client(key.secret) as client:
        assert (await client.put("/api/v1/problems/kept", json=PROBLEM)).status_code == 201
        for _ in range(3):
            assert (await client.post("/api/v1/submissions", json=SUBMISSION)).status_code == 201
    return place, key.secret
