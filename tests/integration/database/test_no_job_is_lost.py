"""Workers that finish, fail, stop, and die at random, while submissions come in and sweeps go on."""

import asyncio
import random

import pytest
from sqlalchemy import text

from domain.submissions.entities import Claim
from domain.submissions.exceptions import LeaseLost
from tests.integration.database.storage import (
    ACCEPTED,
    GONE,
    LEASE,
    LIMITS,
    PYTHON,
    WORKER,
    Storage,
    make_key,
    make_result,
)

MAX_ATTEMPTS = 3

BROKEN = text("""
    SELECT jobs.id FROM jobs
    WHERE status <> 'finished' OR verdict IS NULL
       OR (verdict = 'AC') <> (2 = (SELECT count(*) FROM test_results WHERE job_id = jobs.id))
       OR (verdict = 'JE') <> (3 = (
            SELECT count(*) FROM job_attempts WHERE job_id = jobs.id AND ending <> 'finished' AND ending <> 'given_back'
       ))
       OR attempt <> (SELECT count(*) FROM job_attempts WHERE job_id = jobs.id AND ended_at IS NOT NULL)
       OR 1 <> (
            SELECT count(*) FROM job_attempts WHERE job_id = jobs.id AND ending IN ('finished', 'judge_error')
       )
""")

RUN_OUT = text("UPDATE queue SET lease_until = now() - interval '1 s' WHERE worker_id IS NOT NULL AND random() < 0.3")


async def work(storage: Storage, claim: Claim, chance: random.Random) -> None:
    ledger = storage.ledger
    await ledger.compiled(claim, None, LIMITS, "none")
    await ledger.record(claim, [make_result(0)])
    match chance.randrange(6):
        case 0:
            await asyncio.gather(ledger.give_back(claim, "stopped"), ledger.sweep(MAX_ATTEMPTS))
        case 1:
            await ledger.fail(claim, "broken", MAX_ATTEMPTS)
        case 2:
            pass  # dies
        case _:
            await ledger.finish(claim, ACCEPTED, None, LIMITS, "none", [make_result(1)])


async def loop(storage: Storage, seed: int, sending: asyncio.Task[None]) -> int:
    chance = random.Random(seed)
    lost = 0
    while True:
        job = await storage.ledger.claim(WORKER, "w", [PYTHON], GONE if chance.random() < 0.4 else LEASE)
        if job is not None:
            try:
                await work(storage, job.claim, chance)
            except LeaseLost:
                lost += 1
        elif sending.done() and not await storage.count("queue"):
            return lost
        elif not chance.randrange(3):
            async with storage.engine.begin() as connection:  # time goes by
                await connection.execute(RUN_OUT)
        if not chance.randrange(4):
            await storage.ledger.sweep(MAX_ATTEMPTS)


@pytest.mark.parametrize("count", [150, pytest.param(5000, marks=[pytest.mark.slow, pytest.mark.timeout(900)])])
async def test_every_job_ends_with_one_verdict(storage: Storage, count: int) -> None:
    keys = [storage.key, await storage.add_key(make_key())]

    async def send() -> None:
        for number in range(0, count, 10):
            await storage.submit(*(storage.submission(key=keys[number % 20 > 0], priority=n % 3) for n in range(10)))

    sending = asyncio.create_task(send())
    lost = await asyncio.gather(*(loop(storage, seed, sending) for seed in range(6)))
    await sending
    assert sum(lost) > 0
    assert await storage.count("jobs") == count
    async with storage.engine.connect() as connection:
        assert (await connection.execute(BROKEN)).scalars().all() == []
        verdicts = (await connection.execute(text("SELECT DISTINCT verdict FROM jobs ORDER BY 1"))).scalars().all()
    assert verdicts == ["AC", "JE"]
