import asyncio
from uuid import uuid4

import pytest

from application.submissions.leases import Leases
from domain.submissions.entities import Claim, JobId, SubmissionId
from domain.submissions.exceptions import LeaseLost


def claim() -> Claim:
    return Claim(job_id=JobId(uuid4()), submission_id=SubmissionId(uuid4()), attempt=1)


async def for_ever(ended: list[str]) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        ended.append("ended")


async def test_work_is_held_while_it_lasts() -> None:
    leases, mine, seen = Leases(), claim(), list[Claim]()

    async def work() -> None:
        seen.extend(leases.held)

    await leases.hold(mine, work())
    assert seen == [mine]
    assert leases.held == ()


async def test_a_lost_lease_ends_the_work_but_is_no_cancellation() -> None:
    leases, mine, ended = Leases(), claim(), list[str]()
    holding = asyncio.create_task(leases.hold(mine, for_ever(ended)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    leases.lose(mine)
    with pytest.raises(LeaseLost):
        await holding
    assert ended == ["ended"]
    assert leases.held == ()


async def test_a_cancellation_from_outside_waits_for_the_work_to_end() -> None:
    leases, ended = Leases(), list[str]()
    holding = asyncio.create_task(leases.hold(claim(), for_ever(ended)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    holding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await holding
    assert ended == ["ended"]


async def test_an_error_of_the_work_comes_through() -> None:
    async def work() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Leases().hold(claim(), work())


async def test_losing_what_is_not_held_is_nothing() -> None:
    Leases().lose(claim())
