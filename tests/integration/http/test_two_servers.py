"""Two servers as processes of their own over one database: what they must agree on, and what they may write to logs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from application.access.usecases import CreateKey
from domain.access.enums import Scope
from infrastructure.config import Config
from infrastructure.providers.access import make_access_container
from infrastructure.server import PORT_FILE
from tests.conftest import in_own_loop
from tests.integration.http.service import SUM
from tests.integration.http.test_server_process import ROOT, SERVE

SUBMISSIONS = "/api/v1/submissions"
MAX_BACKLOG = 12


@dataclass
class Server:
    """A running one."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def client(self, secret: str) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {secret}"}, timeout=60)


@pytest.fixture(scope="module")
def database_url(postgres_server: Any) -> str:
    """Nobody else's, since its backlog is counted."""
    from infrastructure.database.migrations import migrate
    from tests.conftest import _create_database

    url = _create_database(postgres_server)
    in_own_loop(migrate(url))
    return url


@pytest.fixture(scope="module")
def secret(database_url: str, redis_url: str) -> str:
    async def create() -> str:
        container = make_access_container(Config(_env_file=None, database_url=database_url, redis_url=redis_url))
        async with container() as scope:
            created = await (await scope.get(CreateKey))("root", frozenset({Scope.ADMIN}))
        await container.close()
        return created.secret

    return in_own_loop(create())


@pytest.fixture(scope="module")
def servers(database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    with ExitStack() as stack:
        started = []
        for log_format in ("json", "console"):
            folder = tmp_path_factory.mktemp("server")
            environment = dict(os.environ) | {
                "PROBA_DATABASE_URL": database_url,
                "PROBA_REDIS_URL": redis_url,
                "PROBA_DATA_DIR": str(folder),
                "PROBA_HTTP_PORT": "0",
                "PROBA_MAX_BACKLOG": str(MAX_BACKLOG),
                "PROBA_LOG_FORMAT": log_format,
                "PROBA_LOG_LEVEL": "debug",
                PORT_FILE: str(folder / "port"),
            }
            log = folder / "log"
            with log.open("wb") as stream:
                process = subprocess.Popen([sys.executable, "-c", SERVE], cwd=ROOT, env=environment, stderr=stream)
            stack.callback(process.wait)
            stack.callback(process.kill)
            started.append((process, folder / "port", log))
        yield [Server(process, _url(port), log) for process, port, log in started]


def _url(port: Path) -> str:
    deadline = time.monotonic() + 90
    while not port.exists():
        assert time.monotonic() < deadline, "the server has told no port"
        time.sleep(0.05)
    return f"http://127.0.0.1:{int(port.read_text())}"


def submission(content: str = "print(5)") -> dict[str, Any]:
    return {"problem": "sum", "language": "python3", "sources": [{"name": "main.py", "content": content}]}


def new_key(root: httpx.Client, **limits: Any) -> str:
    body = {"name": "client", "scopes": ["submit"]} | limits
    answer = root.post("/api/v1/keys", json=body)
    assert answer.status_code == 201, answer.text
    created: str = answer.json()["secret"]
    return created


@pytest.fixture(scope="module")
def roots(servers: list[Server], secret: str) -> Iterator[list[httpx.Client]]:
    """A client of each, and a problem."""
    with ExitStack() as stack:
        clients = [stack.enter_context(server.client(secret)) for server in servers]
        assert clients[0].put("/api/v1/problems/sum", json=SUM).status_code == 201
        yield clients


def test_rates_and_quotas_hold_across_servers(servers: list[Server], roots: list[httpx.Client]) -> None:
    slow = new_key(roots[0], requestRate={"limit": 1, "per": "minute", "burst": 6})
    with ExitStack() as stack, ThreadPoolExecutor(8) as pool:
        clients = [stack.enter_context(server.client(slow)) for server in servers]
        codes = list(pool.map(lambda n: clients[n % 2].get(SUBMISSIONS).status_code, range(20)))
        assert sorted(codes) == [200] * 6 + [429] * 14
        clients = [stack.enter_context(server.client(new_key(roots[0], dailyQuota=3))) for server in servers[:1]]
    few = new_key(roots[0], dailyQuota=3)
    with ExitStack() as stack, ThreadPoolExecutor(8) as pool:
        clients = [stack.enter_context(server.client(few)) for server in servers]
        codes = list(pool.map(lambda n: clients[n % 2].post(SUBMISSIONS, json=submission()).status_code, range(10)))
        assert sorted(codes) == [201] * 3 + [429] * 7


def test_one_of_many_over_two_servers(servers: list[Server], roots: list[httpx.Client]) -> None:
    headers = {"Idempotency-Key": uuid4().hex}

    def send(number: int) -> httpx.Response:
        return roots[number % 2].post(SUBMISSIONS, json=submission("print(1)"), headers=headers)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(16)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    made = {answer.content for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    assert sum("idempotent-replayed" not in a.headers for a in answers if a.status_code == 201) == 1
    repeated = send(1)
    assert (repeated.headers["idempotent-replayed"], repeated.content) == ("true", made.pop())


def test_back_pressure(roots: list[httpx.Client]) -> None:
    """Above the backlog one and many are refused, nothing that was accepted is lost, and there is room again later."""
    waiting = len(roots[0].get(f"{SUBMISSIONS}?status=queued&limit=100").json()["items"])
    room = MAX_BACKLOG - waiting
    assert room > 2
    time.sleep(1.1)  # the backlog is counted once a second
    answer = roots[0].post(f"{SUBMISSIONS}/batch", json=[submission()] * (room - 1))
    assert {one["status"] for one in answer.json()} == {201}
    last = roots[0].post(SUBMISSIONS, json=submission())
    assert last.status_code == 201
    time.sleep(1.1)
    for root in roots:
        for refused in (
            root.post(SUBMISSIONS, json=submission()),
            root.post(f"{SUBMISSIONS}/batch", json=[submission()] * 2),
            root.post(SUBMISSIONS, json=submission(), headers={"Idempotency-Key": "full"}),
        ):
            assert refused.status_code == 503, refused.text
            assert refused.json()["code"] == "overloaded"
            assert str(MAX_BACKLOG) in refused.json()["detail"]
            assert int(refused.headers["retry-after"]) >= 1
    assert len(roots[0].get(f"{SUBMISSIONS}?status=queued&limit=100").json()["items"]) == MAX_BACKLOG
    assert roots[0].post(last.headers["location"] + "/cancel").is_success
    time.sleep(1.1)
    again = roots[1].post(SUBMISSIONS, json=submission(), headers={"Idempotency-Key": "full"})
    assert again.status_code == 201
    assert "idempotent-replayed" not in again.headers


async def broken(database_url: str, name: str, other: str) -> None:
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    await connection.execute(f'ALTER TABLE "{name}" RENAME TO "{other}"')
    await connection.close()


def test_no_key_in_any_log(servers: list[Server], roots: list[httpx.Client], secret: str, database_url: str) -> None:
    """Whatever goes wrong: wrong keys, keys where none belongs, bodies that are none, faults with a traceback."""
    other = new_key(roots[0])
    never = "proba_" + "A" * 43
    for server in servers:
        with httpx.Client(base_url=server.url, timeout=60) as nobody:
            for shown in (secret, other, never):
                nobody.get(f"{SUBMISSIONS}?key={shown}", headers={"Authorization": f"Bearer {shown}"})
                nobody.get(f"{SUBMISSIONS}?Authorization=Bearer%20{shown}")
                nobody.get(SUBMISSIONS, headers={"Authorization": f"Basic {shown}"})
                nobody.get(SUBMISSIONS, headers={"Authorization": shown})
                nobody.get(SUBMISSIONS, headers=[("Authorization", f"Bearer {shown}"), ("Authorization", "x")])
                bearer = {"Authorization": f"Bearer {shown}", "Idempotency-Key": uuid4().hex}
                nobody.post(SUBMISSIONS, content=b"{", headers=bearer | {"Content-Type": "application/json"})
                nobody.post(SUBMISSIONS, json={"problem": "\x00", "metadata": {"a": 1}}, headers=bearer)
                nobody.post("/api/v1/problems", files={"package": b"x"}, data={"slug": "?"}, headers=bearer)
                nobody.get(f"{SUBMISSIONS}/nonsense", headers=bearer)
                nobody.get(f"/api/v1/keys/{shown}", headers={"X-Request-Id": shown})
                nobody.delete(f"/{shown}", headers={"User-Agent": shown, "Referer": f"http://x/?{shown}"})
            in_own_loop(broken(database_url, "replies", "gone"))
            in_own_loop(broken(database_url, "submissions", "gone_too"))
            faults = [
                nobody.get(SUBMISSIONS, headers={"Authorization": f"Bearer {other}"}),
                nobody.post("/api/v1/keys", json={"name": secret, "scopes": ["submit"]}, headers={
                    "Authorization": f"Bearer {secret}", "Idempotency-Key": uuid4().hex
                }),
            ]  # fmt: skip
            in_own_loop(broken(database_url, "gone", "replies"))
            in_own_loop(broken(database_url, "gone_too", "submissions"))
            assert {fault.status_code for fault in faults} == {500}
        log = server.log.read_text()
        assert SUBMISSIONS in log
        assert "Traceback" in log
        assert "/api/v1/keys/proba_***" in log
        for shown in (secret, other, never):
            assert shown not in log
            assert shown.removeprefix("proba_")[:20] not in log


def test_what_one_has_answered_another_repeats_when_it_is_dead(
    servers: list[Server], roots: list[httpx.Client], secret: str
) -> None:
    """The last of this module: it kills."""
    headers = {"Idempotency-Key": uuid4().hex}
    new = {"name": "after", "scopes": ["submit"]}
    first = roots[0].post("/api/v1/keys", json=new, headers=headers)
    assert first.status_code == 201
    servers[0].process.send_signal(signal.SIGKILL)
    servers[0].process.wait()
    second = roots[1].post("/api/v1/keys", json=new, headers=headers)
    assert (second.status_code, second.content) == (201, first.content)
    assert second.headers["idempotent-replayed"] == "true"
    assert second.headers["cache-control"] == "no-store"
    with servers[1].client(first.json()["secret"]) as fresh:
        assert fresh.get(SUBMISSIONS).status_code == 200
