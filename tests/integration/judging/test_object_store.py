"""A server and a worker that share nothing but the database, the queue and an object store."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from httpx import ASGITransport

from application.access.usecases import CreateKey
from application.problems.usecases import ImportPackage
from application.workers.usecases import RegisterWorker
from domain.access.enums import Scope
from domain.problems.entities import ImportId
from infrastructure.config import Config
from infrastructure.http.app import create_app
from infrastructure.providers.container import make_server_container
from infrastructure.providers.worker import make_worker_container
from infrastructure.queue.work_drain import WorkDrain
from tests.integration.judging.conftest import C_SUM, Judge
from tests.unit.packages.zips import packed

MANIFEST = 'title = "Sum"\n[limits]\ncpu_time = 5.0\n'


@pytest.fixture
async def far_judge(
    postgres_url: str, redis_url: str, s3_url: str, tmp_path: Path
) -> AsyncIterator[tuple[Judge, Path, Path]]:
    """With the data directories of the server and of the worker."""
    server_dir, worker_dir = tmp_path / "server", tmp_path / "worker"
    url = f"s3://tests/{uuid4().hex}"

    def config(data_dir: Path) -> Config:
        return Config(
            _env_file=None, database_url=postgres_url, redis_url=redis_url, data_dir=data_dir, blobs_url=url,
            worker_slots=1, worker_languages="c11", sandbox_uid_base=65_000,
        )  # fmt: skip

    server, worker = make_server_container(config(server_dir)), make_worker_container(config(worker_dir))
    async with server() as scope:
        key = await (await scope.get(CreateKey))("far", frozenset(Scope), 0)
    async with worker() as scope:
        await (await scope.get(RegisterWorker))()
    async with httpx.AsyncClient(
        transport=ASGITransport(create_app(config(server_dir), server)),
        base_url="http://proba.test",
        headers={"Authorization": f"Bearer {key.secret}"},
        timeout=60,
    ) as client:
        yield Judge(client, server, worker, config(server_dir)), server_dir, worker_dir
    await worker.close()
    await server.close()


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_a_package_goes_through_the_store_to_a_verdict(far_judge: tuple[Judge, Path, Path]) -> None:
    judge, server_dir, worker_dir = far_judge
    slug = f"far-{uuid4().hex[:12]}"
    large = " " * 2_000_000
    package = packed({"problem.toml": MANIFEST, "tests/1.in": f"20 22\n{large}", "tests/1.out": f"{large}42\n"})
    answer = await judge.client.post("/api/v1/problems", files={"package": package}, data={"slug": slug})
    assert answer.status_code == 202, answer.text
    async with judge.worker() as scope:
        await (await scope.get(ImportPackage))(ImportId(answer.json()["id"]))
    shown = await judge.client.get(f"/api/v1/imports/{answer.json()['id']}")
    assert shown.json()["status"] == "accepted", shown.text
    for _ in range(2):
        result = await judge.judge(C_SUM, problem=slug)
        assert result["verdict"] == "AC", result
    tests = await judge.client.get(f"/api/v1/problems/{slug}/tests")
    assert tests.json()["items"][0]["input"].startswith("20 22"), tests.text
    for folder in (server_dir, worker_dir):  # neither blobs, nor what was on its way
        assert {path.relative_to(folder).parts[0] for path in kept(folder)} == {"blob-cache"}
    assert sorted(path.stat().st_size for path in kept(worker_dir))[-2:] == [2_000_003, 2_000_006]
    ready = await judge.client.get("/readyz")
    assert ready.status_code == 200, ready.text


async def test_a_job_waits_while_the_store_is_gone(
    far_judge: tuple[Judge, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    judge, _, worker_dir = far_judge
    submission = await judge.submit(C_SUM)
    monkeypatch.setattr("infrastructure.blobs.object_store._RETRIES", 0)
    with monkeypatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        lonely = make_worker_container(judge.config.model_copy(update={"data_dir": worker_dir}))
        async with lonely() as scope:
            await (await scope.get(RegisterWorker))()
        for _ in range(judge.config.worker_max_attempts + 1):
            await (await lonely.get(WorkDrain)).jobs()
            shown = await judge.show(submission)
            assert (shown["status"], shown["verdict"]) == ("queued", None)
        await lonely.close()
    await judge.work()
    shown = await judge.show(submission)
    assert (shown["status"], shown["verdict"]) == ("finished", "AC")
