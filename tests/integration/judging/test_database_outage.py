"""PostgreSQL is away when a verdict is to be written."""

import asyncio
from pathlib import Path

import asyncpg
import httpx

from application.access.usecases import CreateKey
from domain.access.enums import Scope
from infrastructure.config import Config
from infrastructure.database.migrations import migrate
from infrastructure.embedded.postgres import EmbeddedPostgres
from infrastructure.http.app import create_app
from infrastructure.providers.container import make_server_container
from infrastructure.providers.worker import make_worker_container
from tests.integration.judging.conftest import Judge

SLEEPER = "import time; time.sleep(1.5)"


async def test_an_outage_does_not_count_against_the_job(redis_url: str, tmp_path: Path) -> None:
    """It would after the lease, and a third one would make the job JE."""
    postgres = EmbeddedPostgres(tmp_path / "postgres", durable=False)
    await asyncio.to_thread(postgres.start)
    await migrate(postgres.url)
    config = Config(
        _env_file=None,
        database_url=postgres.url,
        redis_url=redis_url,
        data_dir=tmp_path / "data",
        worker_slots=1,
        worker_languages="python3",
        worker_lease=60,
    )
    server, worker = make_server_container(config), make_worker_container(config)
    async with server() as scope:
        key = await (await scope.get(CreateKey))("outage", frozenset(Scope), 0)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(config, server)),
        base_url="http://proba.test",
        headers={"Authorization": f"Bearer {key.secret}"},
    ) as client:
        judge = Judge(client, server, worker, config)
        submission = await judge.submit(SLEEPER, "python3", tests=[{"input": "", "output": ""}])
        work = asyncio.create_task(judge.work())
        async with asyncio.timeout(20):
            while (await judge.show(submission))["status"] != "testing":  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await asyncio.to_thread(postgres.stop)
        await asyncio.sleep(2)  # the program has ended and its verdict found no database
        await asyncio.to_thread(postgres.start)
        await asyncio.wait_for(work, 20)
        connection = await asyncpg.connect(postgres.url.replace("+asyncpg", ""))
        assert await connection.fetchval("SELECT failures FROM queue WHERE worker_id IS NULL") == 0
        await connection.close()
        await judge.work()
        shown = await judge.show(submission)
        assert (shown["status"], shown["verdict"], shown["attempt"]) == ("finished", "AC", 2)
    await worker.close()
    await server.close()
    await asyncio.to_thread(postgres.stop)
