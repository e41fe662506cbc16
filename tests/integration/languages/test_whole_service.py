"""The reference program of every toolchain here, from POST to verdict: API, database, queue, worker, sandbox."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from application.access.usecases import CreateKey
from application.workers.usecases import RegisterWorker
from domain.access.enums import Scope
from infrastructure.config import Config
from infrastructure.http.app import create_app
from infrastructure.languages.catalogue import FolderCatalogue
from infrastructure.providers.container import make_server_container
from infrastructure.providers.worker import make_worker_container
from infrastructure.queue.work_drain import WorkDrain

pytestmark = pytest.mark.timeout(400)  # the first test waits for all compilers, Kotlin's too


@pytest.fixture(scope="session")
async def listed_and_judged(
    postgres_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """By id: what GET /languages says, and each finished submission as its client sees it."""
    data_dir: Path = tmp_path_factory.mktemp("languages")
    config = Config(_env_file=None, database_url=postgres_url, redis_url=redis_url, data_dir=data_dir, worker_slots=2)
    server, worker = make_server_container(config), make_worker_container(config)
    try:
        async with server() as scope:
            key = await (await scope.get(CreateKey))("languages", frozenset(Scope), 0)
        async with worker() as scope:
            await (await scope.get(RegisterWorker))()
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(create_app(config, server)),
            base_url="http://proba.test",
            headers={"Authorization": f"Bearer {key.secret}"},
        ) as client:
            languages = (await client.get("/api/v1/languages")).json()["items"]
            listed = {language["id"]: language for language in languages if language["live"]}
            submitted = {id_: await _submit(client, id_) for id_ in listed}
            await (await worker.get(WorkDrain)).jobs()
            judged = {id_: (await client.get(f"/api/v1/submissions/{each}")).json() for id_, each in submitted.items()}
            yield listed, judged
    finally:
        await worker.close()
        await server.close()


async def _submit(client: httpx.AsyncClient, language: str) -> str:
    catalogue = FolderCatalogue()
    program = next(entry for id_, entry in catalogue.entries.items() if id_ == language).reference_program()
    answer = await client.post(
        "/api/v1/submissions",
        json={
            "language": language,
            "sources": [{"name": program.name, "content": program.content.decode()}],
            "tests": [
                {"input": catalogue.reference_input().decode(), "output": catalogue.reference_output().decode()},
                {"input": "1\n7\nx\n", "output": "7\ny\n"},
            ],
            "checker": {"type": "exact"},
            "stopOnFailure": False,
        },
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.mark.parametrize("language", sorted(FolderCatalogue().ids()))
def test_the_reference_program_is_judged(
    listed_and_judged: tuple[Mapping[str, Any], Mapping[str, Any]], language: str
) -> None:
    listed, judged = listed_and_judged
    if language not in listed:
        pytest.skip(f"this machine has no {language}")
    assert listed[language]["version"]
    shown = judged[language]
    assert shown["status"] == "finished", shown
    assert [test["verdict"] for test in shown["tests"]] == ["AC", "WA"], shown
