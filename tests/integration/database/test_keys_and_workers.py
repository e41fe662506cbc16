from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from application.ids import new_id
from domain.access.entities import ApiKeyId
from domain.access.enums import Scope
from domain.access.exceptions import ApiKeyNotFound
from domain.languages.entities import Language
from domain.workers.entities import Worker, WorkerId, WorkerState
from infrastructure.database.repositories.access.repositories import SqlApiKeyRepository
from infrastructure.database.repositories.workers.repositories import SqlWorkerRepository
from tests.integration.database.storage import CPP, NOW, PYTHON, Storage, make_key

LANGUAGES = (
    Language(
        id=CPP,
        name="C++17",
        version="g++ 12",
        source_name="main.cpp",
        extensions=("cpp", "cc"),
        compile_command="g++ main.cpp",
        run_command="./main",
    ),
    Language(
        id=PYTHON,
        name="Python 3",
        version="3.11",
        source_name="main.py",
        extensions=("py",),
        compile_command=None,
        run_command="python3 main.py",
    ),
)


def make_worker(name: str) -> Worker:
    return Worker(
        id=WorkerId(new_id()),
        name=name,
        slots=2,
        isolation="none",
        languages=LANGUAGES,
        started_at=NOW,
        heartbeat_at=NOW,
    )


async def test_keys(storage: Storage, session: AsyncSession) -> None:
    keys = SqlApiKeyRepository(session)
    key = replace(make_key(Scope.AUTHOR, Scope.SUBMIT), expires_at=NOW)
    await keys.add(key)
    assert await keys.by_digest(key.digest) == key
    assert await keys.by_digest(b"\x00" * 32) is None
    assert await keys.list_all() == [storage.key, key]
    await keys.revoke(key.id, NOW)
    await keys.revoke(key.id, NOW + timedelta(days=1))
    assert await keys.by_digest(key.digest) == replace(key, revoked_at=NOW)
    assert await keys.by_digest(storage.key.digest) == storage.key
    with pytest.raises(ApiKeyNotFound):
        await keys.revoke(ApiKeyId(new_id()), NOW)


async def test_a_worker_lives_by_the_clock_of_the_database(session: AsyncSession) -> None:
    workers = SqlWorkerRepository(session)
    within = timedelta(seconds=30)
    one, two = make_worker("one"), make_worker("two")
    await workers.register(one)
    await workers.register(two)
    live = await workers.list_live(within)
    assert [replace(worker, heartbeat_at=NOW) for worker in live] == [one, two]
    assert all(worker.heartbeat_at > NOW for worker in live)
    await session.execute(text("UPDATE workers SET heartbeat_at = now() - interval '31 seconds'"))
    assert await workers.beat(one.id, "")
    assert not await workers.beat(WorkerId(new_id()), "")
    assert [worker.id for worker in await workers.list_live(within)] == [one.id]
    await workers.register(replace(two, slots=3))
    assert [worker.slots for worker in await workers.list_live(within)] == [2, 3]
    await session.execute(text("UPDATE workers SET heartbeat_at = now() - interval '1 hour' WHERE name = 'two'"))
    await workers.remove_dead(timedelta(hours=2))
    assert len(await workers.list_live(timedelta(days=1))) == 2
    await workers.remove_dead(timedelta(minutes=50))
    assert [worker.id for worker in await workers.list_live(timedelta(days=1))] == [one.id]
    await workers.remove(one.id)
    await workers.remove(one.id)
    await workers.register(replace(one, state=WorkerState.DRAINING))
    await workers.register(one)
    assert await workers.beat(one.id, "") is WorkerState.DRAINING, "who was forgotten says it, then the database does"
    await workers.remove(one.id)
    assert await workers.list_live(timedelta(days=1)) == []
