from pathlib import Path

import httpx
import pytest

from domain.access.enums import Scope
from infrastructure.config import Config
from infrastructure.http.app import create_app
from infrastructure.providers.container import make_server_container
from tests.integration.http.service import Service

INLINE = {
    "language": "python3",
    "sources": [{"name": "main.py", "content": "print(1)"}],
    "tests": [{"input": "", "output": "1"}],
}


async def scrape(client: httpx.AsyncClient) -> str:
    answer = await client.get("/metrics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    return answer.text


def value(text: str, start: str) -> float:
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(start))


async def test_requests_are_counted_by_route_and_status(service: Service) -> None:
    client = await service.client(Scope.SUBMIT)
    nobody = await service.client()
    before = await scrape(nobody)
    for number in range(3):
        assert (await client.get(f"/api/v1/submissions/00000000-0000-7000-8000-00000000000{number}")).status_code == 404
        assert (await client.get(f"/no/such/path/{number}")).status_code == 404
    answer = await client.post("/api/v1/submissions", json=INLINE)
    assert answer.status_code == 201, answer.text
    after = await scrape(nobody)
    one = 'proba_http_request_seconds_count{method="GET",route="/submissions/{submission_id}",status="404"}'
    assert value(after, one) - value(before, one) == 3
    unknown = 'proba_http_request_seconds_count{method="GET",route="unmatched",status="404"}'
    assert value(after, unknown) - value(before, unknown) == 3
    assert "no/such/path" not in after
    accepted = "proba_submissions_accepted_total"
    assert value(after, accepted) - value(before, accepted) == 1


async def test_without_a_database_it_says_so(tmp_path: Path) -> None:
    config = Config(
        _env_file=None,
        database_url=f"postgresql+asyncpg://postgres@/postgres?host={tmp_path}",
        redis_url=f"unix://{tmp_path}/no.sock",
        data_dir=tmp_path / "data",
    )
    container = make_server_container(config)
    app = create_app(config, container)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://proba.test") as client:
        text = await scrape(client)
    await container.close()
    assert "proba_database_up 0.0" in text
    assert "proba_queue_depth{" not in text


@pytest.mark.parametrize(("mode", "statuses"), [("off", (404, 404, 404)), ("key", (401, 403, 200))])
async def test_who_may_read_it(service: Service, mode: str, statuses: tuple[int, ...]) -> None:
    config = service.config.model_copy(update={"metrics": mode})
    container = make_server_container(config)
    app = create_app(config, container)
    clients = [await service.client(), await service.client(Scope.SUBMIT), await service.client(Scope.ADMIN)]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://proba.test") as client:
        found = [await client.get("/metrics", headers=one.headers) for one in clients]
    await container.close()
    assert tuple(answer.status_code for answer in found) == statuses
