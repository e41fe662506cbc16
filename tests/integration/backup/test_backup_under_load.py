"""A backup beside everything that goes on has one moment of it, whole."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from application.blobs import BlobStorage
from application.retention.blob_inventory import BlobReferences
from application.retention.collect_garbage import CollectGarbage
from domain.problems.files import BlobRef
from infrastructure.providers.container import make_server_container
from tests.integration.backup.places import PROBLEM, SUBMISSION, Place, Places

SUBMISSIONS, KEYS, PROBLEMS = "/api/v1/submissions", "/api/v1/keys", "/api/v1/problems"
BACKUPS, BETWEEN_SECONDS = 2, 0.5
REUSED = 300

BROKEN = {
    "the quota of a key counts its submissions": """
        SELECT usage.submissions, count(*) FROM key_usage AS usage JOIN submissions USING (key_id)
        GROUP BY usage.submissions HAVING usage.submissions <> count(*)""",
    "a job is in the queue until it ends": """
        SELECT jobs.id FROM jobs LEFT JOIN queue ON queue.job_id = jobs.id
        WHERE (jobs.finished_at IS NULL) <> (queue.job_id IS NOT NULL)""",
    "a submission has its job and its source": """
        SELECT id FROM submissions AS one WHERE NOT EXISTS (SELECT FROM jobs WHERE jobs.submission_id = one.id)
        OR NOT EXISTS (SELECT FROM sources WHERE sources.submission_id = one.id)""",
    "a key was made by somebody": """
        SELECT id FROM api_keys WHERE NOT EXISTS (SELECT FROM audit_entries
        WHERE target = CAST(api_keys.id AS text))""",
    "what was made by somebody is there": """
        SELECT target FROM audit_entries WHERE act = 'key.create'
        AND NOT EXISTS (SELECT FROM api_keys WHERE CAST(id AS text) = target)""",
}
"""What each transaction keeps true: rows that say otherwise."""


async def test_a_backup_under_load_is_of_one_moment(places: Places, used: tuple[Place, str], tmp_path: Path) -> None:
    place, secret = used
    acknowledged: list[str] = []
    await put_what_nobody_needs(place)
    written: list[tuple[Path, list[str]]] = []
    async with place.client(secret) as client, load(place, client, acknowledged), place.backup() as backup:
        while len(written) < BACKUPS:
            await asyncio.sleep(BETWEEN_SECONDS)
            written.append((tmp_path / f"{len(written)}.tar.gz", list(acknowledged)))
            await backup.write(written[-1][0])
    for file, there in written:
        other = await places.new()
        async with other.backup() as restorer:
            await restorer.restore(file, replace=False)
        await check(other, there)
    await check(place, acknowledged)


async def check(place: Place, acknowledged: list[str]) -> None:
    connection = await place.connect()
    for rule, query in BROKEN.items():
        assert await connection.fetch(query) == [], rule
    kept = {str(row["id"]) for row in await connection.fetch("SELECT id FROM submissions")}
    assert set(acknowledged) <= kept
    await connection.close()
    container = make_server_container(place.config)
    blobs = await container.get(BlobStorage)
    for digest in await (await container.get(BlobReferences)).digests():
        name = digest.hex()
        found = [path for folder in (name[:2], "condemned") if (path := place.blobs / folder / name).exists()]
        assert found, "a row names a blob that is gone"
        (await blobs.open(BlobRef(digest, found[0].stat().st_size))).close()
    await container.close()


async def put_what_nobody_needs(place: Place) -> None:
    """Blobs of old that the collection of garbage is about to take, and that new problems are about to name."""
    container = make_server_container(place.config)
    await (await container.get(BlobStorage)).put_many([text(number) for number in range(REUSED)])
    await container.close()
    then = time.time() - timedelta(days=2).total_seconds()
    for path in place.blobs.rglob("*"):
        if path.is_file():
            os.utime(path, (then, then))


def text(number: int) -> bytes:
    return f"reused {number}\n".encode()


@asynccontextmanager
async def load(place: Place, client: httpx.AsyncClient, acknowledged: list[str]) -> AsyncIterator[None]:
    """Submissions, cancelling, deleting, new keys and problems, and the collection of garbage."""
    made = await client.post(KEYS, json={"name": "quota", "scopes": ["submit"], "dailyQuota": 1_000_000})
    counted = {"Authorization": f"Bearer {made.json()['secret']}"}
    container = make_server_container(place.config)
    collect, numbers, stop = await container.get(CollectGarbage), count(), asyncio.Event()

    async def submit() -> None:
        acknowledged.append(await sent(client.post(SUBMISSIONS, json=SUBMISSION, headers=counted)))

    async def submit_and_delete() -> None:
        one = await sent(client.post(SUBMISSIONS, json=SUBMISSION))
        await sent(client.post(f"{SUBMISSIONS}/{one}/cancel"))
        await sent(client.delete(f"{SUBMISSIONS}/{one}"))

    async def make_key() -> None:
        await sent(client.post(KEYS, json={"name": "one of many", "scopes": ["submit"]}))

    async def put_problem() -> None:
        number = next(numbers)
        test = {"input": text(number % REUSED).decode(), "output": f"{number}\n"}
        await sent(client.put(f"{PROBLEMS}/p{number % 5}", json=PROBLEM | {"tests": [test]}))

    async def clear_up() -> None:
        await collect(timedelta(hours=1))

    async def again(act: Callable[[], Awaitable[None]]) -> None:
        while not stop.is_set():
            await act()

    async with asyncio.TaskGroup() as group:
        for act in (submit, submit, submit_and_delete, make_key, put_problem, clear_up):
            group.create_task(again(act))
        try:
            yield
        finally:
            stop.set()
    await container.close()


async def sent(request: Awaitable[httpx.Response]) -> str:
    """The id of what came of it."""
    answer = await request
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json() if answer.content else {}
    return str(found.get("id", ""))
