"""What a fault of our own looks like from outside."""

import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from dishka import Provider, Scope, make_async_container
from prometheus_client import REGISTRY
from starlette.requests import ClientDisconnect

from application.access.usecases import AuthenticateKey
from application.exceptions import StorageFull, StorageUnavailable
from domain.exceptions import Overloaded
from infrastructure.config import Config
from infrastructure.http.app import create_app


class FailingAuthentication:
    """Fails as it is told to."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def __call__(self, secret: str) -> None:
        assert secret
        raise self.error


@pytest.fixture
async def client(request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient]:
    provider = Provider(scope=Scope.REQUEST)
    provider.provide(lambda: FailingAuthentication(request.param), provides=AuthenticateKey)
    container = make_async_container(provider)
    transport = httpx.ASGITransport(create_app(Config(_env_file=None), container))
    headers = {"Authorization": "Bearer proba_x"}
    async with httpx.AsyncClient(transport=transport, base_url="http://proba.test", headers=headers) as client:
        yield client
    await container.close()


@pytest.mark.parametrize("client", [RuntimeError("the password is tiger")], indirect=True)
async def test_an_unexpected_fault_tells_nothing_and_is_logged(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await client.get("/api/v1/problems", headers={"X-Request-Id": "find-me"})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == "find-me"
    assert answer.json()["code"] == "internal_error"
    assert "tiger" not in answer.text
    assert "Traceback" not in answer.text
    (record,) = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert "find-me" in record.getMessage()
    assert record.exc_info is not None
    assert "tiger" in str(record.exc_info[1])


@pytest.mark.parametrize(
    ("client", "code", "retry_after"),
    [
        (StorageUnavailable("connection to 10.0.0.1 refused"), "storage_unavailable", "2"),
        (StorageFull("/var/lib/proba"), "storage_full", "2"),
        (Overloaded("17 submissions wait already", 5), "overloaded", "5"),
        (Overloaded("busy", 0), "overloaded", "1"),
    ],
    indirect=["client"],
    ids=["unavailable", "full", "overloaded", "at once"],
)
async def test_what_may_pass_says_when_to_try_again(client: httpx.AsyncClient, code: str, retry_after: str) -> None:
    answer = await client.get("/api/v1/problems")
    assert (answer.status_code, answer.json()["code"]) == (503, code)
    assert answer.headers["retry-after"] == retry_after
    assert "10.0.0.1" not in answer.text
    assert "/var/lib" not in answer.text


@pytest.mark.parametrize(
    ("client", "counted"), [(RuntimeError("ours"), 1), (StorageUnavailable("away"), 0)], indirect=["client"]
)
async def test_faults_are_counted_from_zero_on(client: httpx.AsyncClient, counted: int) -> None:
    before = REGISTRY.get_sample_value("proba_http_faults_total")
    assert before is not None  # an increase from nothing is none to Prometheus
    await client.get("/api/v1/problems")
    assert REGISTRY.get_sample_value("proba_http_faults_total") == before + counted


@pytest.mark.parametrize("client", [ClientDisconnect()], indirect=True)
async def test_a_client_that_goes_away_is_no_fault(client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    labels = {"method": "GET", "route": "/problems", "status": "500"}
    before = [REGISTRY.get_sample_value("proba_http_request_seconds_count", labels)]
    with pytest.raises(AssertionError):  # the transport waits for an answer that nobody would read
        await client.get("/api/v1/problems")
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []
    assert [REGISTRY.get_sample_value("proba_http_request_seconds_count", labels)] == before
