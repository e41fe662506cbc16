import logging
from pathlib import Path

import httpx
import pytest

from domain.access.enums import Scope
from infrastructure.config import Config
from infrastructure.http.app import create_app
from infrastructure.providers.container import make_server_container
from tests.integration.http.service import Service


async def test_the_process_lives_and_can_serve(service: Service) -> None:
    nobody = await service.client()
    assert (await nobody.get("/healthz")).json() == {"status": "ok"}
    answer = await nobody.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ready"
    assert answer.json()["troubles"] == {}


async def test_without_its_storage_it_says_so_and_goes_on(tmp_path: Path) -> None:
    config = Config(
        _env_file=None,
        database_url=f"postgresql+asyncpg://postgres@/postgres?host={tmp_path}",
        redis_url=f"unix://{tmp_path}/no.sock",
        data_dir=tmp_path / "data",
    )
    container = make_server_container(config)
    transport = httpx.ASGITransport(create_app(config, container))
    headers = {"Authorization": "Bearer proba_" + "x" * 43}
    async with httpx.AsyncClient(transport=transport, base_url="http://proba.test", headers=headers) as client:
        assert (await client.get("/healthz")).status_code == 200
        ready = await client.get("/readyz")
        assert ready.status_code == 503
        assert sorted(ready.json()["troubles"]) == ["database", "redis"]
        answer = await client.get("/api/v1/problems")
        assert answer.status_code == 503
        assert answer.json()["code"] == "storage_unavailable"
        assert int(answer.headers["retry-after"]) > 0
        assert str(tmp_path) not in answer.text
    await container.close()


async def test_requests_have_ids(service: Service) -> None:
    nobody = await service.client()
    for path in ("/healthz", "/nowhere", "/api/v1/keys", "/openapi.json"):
        assert len((await nobody.get(path)).headers["x-request-id"]) >= 16
        assert (await nobody.get(path, headers={"X-Request-Id": "mine-1"})).headers["x-request-id"] == "mine-1"
        for forged in ("a b", "x" * 65, "a\xffb", ""):
            sent = {b"x-request-id": forged.encode("latin-1")}
            assert (await nobody.get(path, headers=sent)).headers["x-request-id"] != forged


async def test_the_log_knows_the_key_but_not_the_secret(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    created = await service.key(Scope.SUBMIT)
    client = await service.client(secret=created.secret)
    with caplog.at_level(logging.DEBUG):
        await client.get("/api/v1/submissions?limit=3", headers={"X-Request-Id": "seen"})
    (record,) = [r for r in caplog.records if r.name == "proba.http"]
    told = vars(record)
    assert told["request_id"] == "seen"
    assert (told["method"], told["path"], told["status"]) == ("GET", "/api/v1/submissions", 200)
    assert told["key_id"] == str(created.key.id)
    assert created.secret not in caplog.text


async def test_methods_that_are_not_there(service: Service, author: httpx.AsyncClient) -> None:
    answer = await author.patch("/api/v1/problems")
    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"
    assert answer.headers["allow"]
