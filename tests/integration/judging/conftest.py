from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from dishka import AsyncContainer
from httpx import ASGITransport

from application.access.usecases import CreateKey
from application.workers.usecases import RegisterWorker
from domain.access.enums import Scope
from infrastructure.config import Config
from infrastructure.http.app import create_app
from infrastructure.providers.container import make_server_container
from infrastructure.providers.worker import make_worker_container
from infrastructure.queue.work_drain import WorkDrain

C_SUM = '#include <stdio.h>\nint main(void) { int a, b; scanf("%d %d", &a, &b); printf("%d\\n", a + b); return 0; }\n'
SUM_TESTS = [
    {"name": "1", "input": "1 2\n", "output": "3\n"},
    {"name": "2", "input": "20 22\n", "output": "42\n"},
    {"name": "3", "input": "-5 5\n", "output": "0\n"},
]


@dataclass
class Judge:
    """The server's application and a worker's parts in one process, over the real database, queue, disk and sandbox."""

    client: httpx.AsyncClient
    server: AsyncContainer
    worker: AsyncContainer
    config: Config
    ids: list[str] = field(default_factory=list)

    async def submit(self, source: str, language: str = "c11", **fields: Any) -> str:
        """The id of a new submission, with the sum's tests unless others are given."""
        names = {"c11": "main.c", "python3": "main.py", "java": "Main.java", "cpp17": "main.cpp"}
        body: dict[str, Any] = {"language": language, "sources": [{"name": names[language], "content": source}]}
        if "problem" not in fields:
            body["tests"] = SUM_TESTS
        answer = await self.client.post("/api/v1/submissions", json=body | fields)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def work(self) -> None:
        """Judge everything that waits."""
        await (await self.worker.get(WorkDrain)).jobs()

    async def show(self, submission: str) -> dict[str, Any]:
        """As the client sees it."""
        answer = await self.client.get(f"/api/v1/submissions/{submission}")
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def judge(self, source: str, language: str = "c11", **fields: Any) -> dict[str, Any]:
        """Submit, work, show."""
        submission = await self.submit(source, language, **fields)
        await self.work()
        return await self.show(submission)


@pytest.fixture(scope="session")
async def judge(postgres_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Judge]:
    data_dir: Path = tmp_path_factory.mktemp("judging")
    config = Config(
        _env_file=None,
        database_url=postgres_url,
        redis_url=redis_url,
        data_dir=data_dir,
        worker_slots=2,
        worker_languages="c11,cpp17,python3,java",
    )
    server, worker = make_server_container(config), make_worker_container(config)
    app = create_app(config, server)
    async with server() as scope:
        key = await (await scope.get(CreateKey))("judging", frozenset(Scope), 0)
    async with worker() as scope:
        await (await scope.get(RegisterWorker))()
    async with httpx.AsyncClient(
        transport=ASGITransport(app),
        base_url="http://proba.test",
        headers={"Authorization": f"Bearer {key.secret}"},
        timeout=60,
    ) as client:
        yield Judge(client, server, worker, config)
    await worker.close()
    await server.close()
