from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from dishka import AsyncContainer

from infrastructure.config import Config
from infrastructure.providers.worker import make_worker_container


@pytest.fixture(scope="session")
async def worker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[AsyncContainer]:
    """What a worker process has; nothing here asks for its servers."""
    config = Config(
        _env_file=None,
        database_url="postgresql+asyncpg://nobody@127.0.0.1:1/none",
        redis_url="redis://127.0.0.1:1/0",
        data_dir=tmp_path_factory.mktemp("statements") / Path("data"),
        worker_slots=1,
        worker_languages="c11",
    )
    container = make_worker_container(config)
    yield container
    await container.close()
