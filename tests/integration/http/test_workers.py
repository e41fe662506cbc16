from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from application.transactions import Transaction
from domain.languages.entities import Language, LanguageId
from domain.workers.entities import Worker, WorkerId, WorkerState
from domain.workers.repositories import WorkerRepository
from tests.integration.http.service import Service


def language(id_: str, version: str) -> Language:
    return Language(
        id=LanguageId(id_), name=id_.upper(), version=version, source_name=f"main.{id_}", extensions=(id_, "x"),
        compile_command=None if id_ == "zz-one" else "compile it", run_command="run it",
    )  # fmt: skip


def worker(name: str, *languages: Language) -> Worker:
    now = datetime.now(UTC)
    return Worker(
        id=WorkerId(uuid4()), name=name, slots=2, isolation="namespaces+cgroup2+seccomp", languages=languages,
        started_at=now, heartbeat_at=now,
    )  # fmt: skip


@pytest.fixture
async def workers(service: Service) -> Any:
    first = worker("first", language("zz-one", "1.0"), language("zz-two", "2.0"))
    second = worker("second", language("zz-two", "2.1"))
    async with service.container() as scope:
        repository: WorkerRepository = await scope.get(WorkerRepository)
        transaction: Transaction = await scope.get(Transaction)
        for one in (first, second):
            await repository.register(one)
        await transaction.commit()
        yield first, second
        for one in (first, second):
            await repository.remove(one.id)
        await transaction.commit()


async def test_languages_are_those_of_live_workers(
    submitter: httpx.AsyncClient, workers: tuple[Worker, Worker]
) -> None:
    items = {item["id"]: item for item in (await submitter.get("/api/v1/languages")).json()["items"]}
    assert items["zz-one"] == {
        "id": "zz-one", "name": "ZZ-ONE", "version": "1.0", "sourceName": "main.zz-one", "extensions": ["zz-one", "x"],
        "compileCommand": None, "runCommand": "run it", "live": True, "workers": 1,
    }  # fmt: skip
    assert (items["zz-two"]["version"], items["zz-two"]["workers"]) == ("2.0", 2)
    assert list(items) == sorted(items)


async def test_workers_are_shown_to_admins(admin: httpx.AsyncClient, workers: tuple[Worker, Worker]) -> None:
    shown = {item["id"]: item for item in (await admin.get("/api/v1/workers")).json()["items"]}
    first = shown[str(workers[0].id)]
    assert (first["name"], first["slots"], first["isolation"]) == ("first", 2, "namespaces+cgroup2+seccomp")
    assert first["languages"] == ["zz-one", "zz-two"]


async def test_readiness_warns_only_while_no_worker_lives(service: Service, workers: tuple[Worker, Worker]) -> None:
    nobody = await service.client()
    assert (await nobody.get("/readyz")).json()["warnings"] == []
    async with service.container() as scope:
        repository: WorkerRepository = await scope.get(WorkerRepository)
        transaction: Transaction = await scope.get(Transaction)
        for one in workers:
            await repository.remove(one.id)
        await transaction.commit()
    answer = await nobody.get("/readyz")
    assert answer.status_code == 200
    assert len(answer.json()["warnings"]) == 1
    assert (await nobody.get("/healthz")).status_code == 200


async def test_a_worker_is_drained_and_put_to_work_again(
    admin: httpx.AsyncClient, submitter: httpx.AsyncClient, service: Service, workers: tuple[Worker, Worker]
) -> None:
    place = f"/api/v1/workers/{workers[0].id}/drain"

    async def state() -> str:
        shown = {item["id"]: item for item in (await admin.get("/api/v1/workers")).json()["items"]}
        return str(shown[str(workers[0].id)]["state"])

    async def beat() -> WorkerState | None:
        async with service.container() as scope:
            repository: WorkerRepository = await scope.get(WorkerRepository)
            return await repository.beat(workers[0].id, "")

    assert (await submitter.post(place)).status_code == 403
    assert (await admin.post(f"/api/v1/workers/{uuid4()}/drain")).status_code == 404
    assert await state() == "ready"
    for _ in range(2):
        assert (await admin.post(place)).status_code == 204
        assert await state() == "draining"
    assert await beat() is WorkerState.DRAINING
    assert (await admin.delete(place)).status_code == 204
    assert (await state(), await beat()) == ("ready", WorkerState.READY)
    acts = [item["act"] for item in (await admin.get("/api/v1/audit?limit=3")).json()["items"]]
    assert acts == ["worker.resume", "worker.drain", "worker.drain"]
