from collections import Counter

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
