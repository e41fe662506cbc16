import asyncio
from collections import Counter

from sqlalchemy import text

from domain.access.entities import ApiKey, ApiKeyId
from domain.submissions.entities import SubmissionId
from tests.integration.database.storage import CPP, PYTHON, Storage, make_key


async def submit(storage: Storage, key: ApiKey, count: int, priority: int = 0) -> set[SubmissionId]:
    submissions = [storage.submission(key=key, priority=priority) for _ in range(count)]
    await storage.submit(*submissions)
    return {s.id for s in submissions}


async def test_a_key_that_comes_later_does_not_wait_for_a_thousand(storage: Storage) -> None:
    other = await storage.add_key(make_key())
    await submit(storage, storage.key, 1000)
    for _ in range(50):
        await storage.finish(await storage.claim())
    late = await submit(storage, other, 1)
    claimed = [(await storage.claim()).submission_id for _ in range(3)]
    assert late & set(claimed)


async def test_keys_with_much_to_do_share_alike(storage: Storage) -> None:
    keys = [storage.key, await storage.add_key(make_key()), await storage.add_key(make_key())]
    owner: dict[SubmissionId, ApiKeyId] = {}
    for key in keys:
        owner |= dict.fromkeys(await submit(storage, key, 100), key.id)
    for key in keys[1:]:  # to come again and again brings nothing
        for _ in range(20):
            owner |= dict.fromkeys(await submit(storage, key, 1), key.id)
    shares = Counter([owner[(await storage.claim()).submission_id] for _ in range(90)])
    assert all(28 <= shares[key.id] <= 32 for key in keys), shares


async def test_jobs_of_one_key_keep_their_order(storage: Storage) -> None:
    first = [storage.submission() for _ in range(10)]
    second = [storage.submission() for _ in range(10)]
    await storage.submit(*first)
    await storage.submit(*second)
    claimed = [(await storage.claim()).submission_id for _ in range(20)]
    assert claimed == [s.id for s in first + second]


async def test_a_key_that_was_away_saves_up_nothing(storage: Storage) -> None:
    busy, away = storage.key, await storage.add_key(make_key())
    for _ in range(3):
        await submit(storage, busy, 50)
        for _ in range(50):
            await storage.finish(await storage.claim())
    old, new = await submit(storage, busy, 20), await submit(storage, away, 20)
    claimed = [(await storage.claim()).submission_id for _ in range(20)]
    assert 8 <= len(old.intersection(claimed)) <= 12
    assert 8 <= len(new.intersection(claimed)) <= 12


async def test_the_higher_priority_goes_first(storage: Storage) -> None:
    low, high, middle = storage.submission(priority=-5), storage.submission(priority=9), storage.submission()
    await storage.submit(low, high)
    await storage.submit(middle)
    claimed = [(await storage.claim()).submission_id for _ in range(3)]
    assert claimed == [high.id, middle.id, low.id]


async def test_a_rush_at_one_priority_does_not_move_the_clock_of_another(storage: Storage) -> None:
    other = await storage.add_key(make_key())
    waiting = await submit(storage, storage.key, 100)
    await submit(storage, storage.key, 200, priority=1)
    for _ in range(200):
        await storage.finish(await storage.claim())
    late = await submit(storage, other, 1)
    claimed = {(await storage.claim()).submission_id for _ in range(3)}
    assert late & claimed
    assert len(waiting & claimed) == 2


async def test_a_job_that_nobody_can_judge_does_not_stop_the_clock(storage: Storage) -> None:
    stuck = storage.submission(language=CPP)
    await storage.submit(stuck)
    other = await storage.add_key(make_key())
    await submit(storage, storage.key, 100)
    for _ in range(100):
        await storage.finish(await storage.claim(languages=[PYTHON]))
    late, own = await submit(storage, other, 10), await submit(storage, storage.key, 10)
    claimed = {(await storage.claim(languages=[PYTHON])).submission_id for _ in range(10)}
    assert 4 <= len(late & claimed) <= 6
    assert 4 <= len(own & claimed) <= 6


async def test_requests_of_one_key_do_not_wait_for_each_other_and_none_goes_uncounted(storage: Storage) -> None:
    await submit(storage, storage.key, 1)
    await submit(storage, storage.key, 1)
    async with storage.engine.connect() as connection:
        await connection.execute(text("SELECT FROM key_clocks FOR UPDATE"))  # a request that commits slowly
        async with asyncio.timeout(5):
            await submit(storage, storage.key, 5)
            await submit(storage, storage.key, 5)
    await submit(storage, storage.key, 1)
    async with storage.engine.connect() as connection:
        rows = await connection.execute(text("SELECT virtual_start, cost FROM queue ORDER BY job_id"))
        starts = [(row.virtual_start, row.cost) for row in rows]
    cost = starts[0][1]
    assert starts == [(index * cost, cost) for index in range(13)]
    assert await storage.count("key_charges") == 0


async def test_many_requests_at_once_bring_no_more_than_one(storage: Storage) -> None:
    patient = await storage.add_key(make_key())
    slow = await submit(storage, patient, 200)
    parts = await asyncio.gather(*(_submit_one_by_one(storage, storage.key, 25) for _ in range(8)))
    hasty = set[SubmissionId]().union(*parts)
    claimed = {(await storage.claim()).submission_id for _ in range(200)}
    assert 70 <= len(slow & claimed) <= 130
    assert len(hasty & claimed) == 200 - len(slow & claimed)


async def _submit_one_by_one(storage: Storage, key: ApiKey, count: int) -> set[SubmissionId]:
    parts = [await submit(storage, key, 1) for _ in range(count)]
    return set[SubmissionId]().union(*parts)
