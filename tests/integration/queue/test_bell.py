"""Wake-ups over a real Valkey that is stopped, restarted and flushed under them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from uuid import uuid4

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.languages.entities import LanguageId
from domain.problems.entities import ImportId
from domain.submissions.entities import JobId, SubmissionId
from infrastructure.embedded.valkey import EmbeddedValkey
from infrastructure.queue import bell_broker
from infrastructure.queue.bell_broker import GROUP, MAX_LENGTH, STREAM, BellBroker
from infrastructure.queue.redis_announcements import RedisAnnouncements
from infrastructure.queue.redis_bell import IMPORT, JUDGE, RedisBell
from infrastructure.queue.redis_recalls import RedisRecalls


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    server = EmbeddedValkey(tmp_path / "valkey")
    server.start()
    yield server
    server.stop()


class Ear:
    """A worker's broker that writes down what it hears."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[str] = asyncio.Queue()

    async def next(self, seconds: float = 10) -> str:
        return await asyncio.wait_for(self.heard.get(), seconds)

    def forget(self) -> None:
        while not self.heard.empty():
            self.heard.get_nowait()


@asynccontextmanager
async def listening(url: str, *languages: str) -> AsyncIterator[Ear]:
    broker, ear = BellBroker(url, languages), Ear()
    broker.is_worker_process = True
    await broker.startup()

    async def hear() -> None:
        async for message in broker.listen():
            ear.heard.put_nowait(broker.formatter.loads(message.data).task_name)

    task = asyncio.create_task(hear())
    try:
        yield ear
    finally:
        task.cancel()
        await asyncio.wait({task}, timeout=5)
        await broker.shutdown()


@asynccontextmanager
async def ringing(url: str) -> AsyncIterator[RedisBell]:
    broker = BellBroker(url)
    bell = RedisBell(broker)
    try:
        yield bell
    finally:
        await bell.close()
        await broker.shutdown()


async def ring_until_heard(bell: RedisBell, ear: Ear) -> str:
    for _ in range(50):
        await bell.ring()
        try:
            return await ear.next(0.3)
        except TimeoutError:
            continue
    raise AssertionError("no ring was heard")


async def test_rings_are_heard(valkey: EmbeddedValkey) -> None:
    async with listening(valkey.url) as ear, ringing(valkey.url) as bell:
        await bell.ring(2)
        await bell.ring_import(ImportId(uuid4()))
        assert [await ear.next() for _ in range(3)] == [JUDGE, JUDGE, IMPORT]


async def test_rings_for_a_language_wake_those_that_have_it(valkey: EmbeddedValkey) -> None:
    async with (
        listening(valkey.url, "java", "go") as both,
        listening(valkey.url, "go") as one,
        ringing(valkey.url) as bell,
    ):
        await bell.ring_for([LanguageId("java")] * 3)
        assert [await both.next() for _ in range(3)] == [JUDGE] * 3
        await bell.ring_for([LanguageId("rust")])
        assert one.heard.empty()
        await bell.ring_for([LanguageId("go")])
        heard = {asyncio.create_task(ear.next()) for ear in (both, one)}
        done, late = await asyncio.wait(heard, return_when=asyncio.FIRST_COMPLETED)
        assert [task.result() for task in done] == [JUDGE], "one of them, not both"
        for task in late:
            task.cancel()


async def test_whoever_is_deaf_leaves_rings_to_others(valkey: EmbeddedValkey) -> None:
    broker = BellBroker(valkey.url, ["go"])
    broker.deaf = True
    await broker.startup()
    deaf = asyncio.ensure_future(anext(broker.listen()))
    async with listening(valkey.url, "go") as ear, ringing(valkey.url) as bell:
        await bell.ring_for([LanguageId("go")] * 5)
        assert [await ear.next() for _ in range(5)] == [JUDGE] * 5
    assert not deaf.done()
    deaf.cancel()
    await asyncio.wait({deaf}, timeout=5)
    await broker.shutdown()


async def test_a_restart_or_a_flush_of_redis_is_survived(valkey: EmbeddedValkey) -> None:
    async with listening(valkey.url) as ear, ringing(valkey.url) as bell:
        assert await ring_until_heard(bell, ear) == JUDGE
        valkey.stop()
        await asyncio.wait_for(bell.ring(), 0.1)  # nobody waits for a Redis that is away
        await asyncio.sleep(0.5)
        valkey.start()
        assert await ring_until_heard(bell, ear) == JUDGE
        async with Redis.from_url(valkey.url) as redis:
            await redis.flushall()
        ear.forget()
        assert await ring_until_heard(bell, ear) == JUDGE


async def test_a_worker_starts_without_redis(valkey: EmbeddedValkey) -> None:
    valkey.stop()
    async with listening(valkey.url) as ear, ringing(valkey.url) as bell:
        valkey.start()
        assert await ring_until_heard(bell, ear) == JUDGE


async def test_the_stream_does_not_grow(valkey: EmbeddedValkey) -> None:
    async with ringing(valkey.url) as bell, Redis.from_url(valkey.url) as redis:
        for _ in range(200):
            await bell.ring(32)
            await asyncio.sleep(0)
        await bell.close()
        for _ in range(100):
            await bell.ring(32)
            await bell.close()
        assert await redis.xlen(STREAM) <= 2 * MAX_LENGTH


async def test_the_names_of_killed_workers_do_not_gather(
    valkey: EmbeddedValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bell_broker, "FORGOTTEN_AFTER_MS", 3000)  # longer than a living one lets pass
    redis = Redis.from_url(valkey.url)
    async with listening(valkey.url, "go"):
        for stream in (STREAM, f"{STREAM}:go"):
            await redis.xgroup_createconsumer(stream, GROUP, "killed")
        await asyncio.sleep(3.2)
        async with listening(valkey.url, "go"):
            for stream in (STREAM, f"{STREAM}:go"):
                names = {consumer["name"] for consumer in await redis.xinfo_consumers(stream, GROUP)}
                assert names, "the living one stays"
                assert b"killed" not in names
    await redis.aclose()


async def test_announcements_are_heard_also_after_a_restart(valkey: EmbeddedValkey) -> None:
    submission = SubmissionId(uuid4())
    async with Redis.from_url(valkey.url) as redis:
        announcements = RedisAnnouncements(redis)
        async with announcements.listen(submission) as mine, announcements.listen(SubmissionId(uuid4())) as other:
            await announcements.announce(submission)
            assert await mine.wait(5)
            assert not await other.wait(0.05)
            valkey.stop()
            await announcements.announce(submission)
            assert not await mine.wait(0.3)
            valkey.start()
            for _ in range(40):
                await announcements.announce(submission)
                if await mine.wait(0.25):
                    break
            else:
                raise AssertionError("not heard after the restart")
        await announcements.close()


class Recalled:
    """What one worker hears."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self.heard: asyncio.Queue[JobId] = asyncio.Queue()

    async def hear(self) -> None:
        async for job_ids in RedisRecalls(self._redis).recalled():
            for job_id in job_ids:
                self.heard.put_nowait(job_id)


async def until_they_listen(redis: Redis, workers: int) -> None:
    while True:
        with suppress(RedisError):
            [(_, count)] = await redis.pubsub_numsub("proba:recalled")
            if count == workers:
                return
        await asyncio.sleep(0.05)


async def test_recalls_are_heard_by_every_worker_and_again_after_an_outage(valkey: EmbeddedValkey) -> None:
    sender, *clients = (Redis.from_url(valkey.url) for _ in range(3))
    recalls, workers = RedisRecalls(sender), [Recalled(client) for client in clients]
    tasks = [asyncio.create_task(worker.hear()) for worker in workers]

    async def told(*job_ids: JobId) -> None:
        await sender.publish("proba:recalled", "no id at all")
        await recalls.recall(job_ids)
        for worker in workers:
            assert [await asyncio.wait_for(worker.heard.get(), 10) for _ in job_ids] == list(job_ids)

    await until_they_listen(sender, 2)
    await told(JobId(uuid4()), JobId(uuid4()))
    valkey.stop()
    await recalls.recall([JobId(uuid4())])  # lost, and nobody waits for it
    valkey.start()
    await until_they_listen(sender, 2)
    await told(JobId(uuid4()))
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=5)
    await recalls.close()
    for redis in (sender, *clients):
        await redis.aclose()
