"""Cancelling what runs in a real box: the box dies, and the slot takes the next job."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import pytest

from application.sandbox import SandboxPool
from infrastructure.queue.upkeep import Upkeep
from infrastructure.queue.work_drain import WorkDrain
from tests.integration.judging.conftest import C_SUM, Judge

FOR_EVER = '#include <stdio.h>\nint main(void) { puts("on"); fflush(stdout); for (;;); }\n'
SLOW_COMPILING = (
    "#include <bits/stdc++.h>\n" * 3
    + "".join(
        f"std::map<int, std::map<long, std::vector<std::string>>> f{n}() {{ return {{}}; }}\n" for n in range(4000)
    )
    + "int main() {}\n"
)
TESTS = [{"input": "", "output": ""}] * 3
LIMITS = {"cpuTime": 30, "wallTime": 30}


@pytest.fixture
async def upkeep(judge: Judge) -> AsyncIterator[None]:
    """As it runs beside a worker, but with a heartbeat that is too rare to be of help here."""
    drain, pool = await judge.worker.get(WorkDrain), await judge.worker.get(SandboxPool)
    upkeep = Upkeep(judge.worker, drain, pool, timedelta(minutes=10), timedelta(minutes=10))
    task = asyncio.create_task(upkeep.run())
    await asyncio.sleep(0.2)  # its first beat and look are over, and it hears
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def until(judge: Judge, submission: str, status: str) -> None:
    while True:
        if (await judge.show(submission))["status"] == status:
            return
        await asyncio.sleep(0.02)


@pytest.mark.usefixtures("upkeep")
@pytest.mark.parametrize("stage", ["testing", "compiling"])
async def test_the_box_dies_within_200_ms(judge: Judge, stage: str) -> None:
    loop = asyncio.get_running_loop()
    taken = []
    for _ in range(3):
        if stage == "testing":
            submission = await judge.submit(FOR_EVER, tests=TESTS, limits=LIMITS)
        else:
            submission = await judge.submit(SLOW_COMPILING, "cpp17", tests=TESTS)
        working = asyncio.create_task(judge.work())
        await until(judge, submission, stage)
        await asyncio.sleep(0.2)
        begun = loop.time()
        answer = await judge.client.post(f"/api/v1/submissions/{submission}/cancel")
        assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                await working
        taken.append(loop.time() - begun)
        shown = await judge.show(submission)
        assert (shown["status"], shown["verdict"]) == ("cancelled", None)
    assert sorted(taken)[1] < 0.2
    assert (await judge.judge(C_SUM))["verdict"] == "AC"


@pytest.mark.usefixtures("upkeep")
async def test_other_jobs_go_on(judge: Judge) -> None:
    stays, goes = [await judge.submit(FOR_EVER, tests=TESTS, limits={"cpuTime": 2}) for _ in range(2)]
    working = asyncio.gather(judge.work(), judge.work())
    await until(judge, goes, "testing")
    await judge.client.delete(f"/api/v1/submissions/{goes}")
    await working
    assert (await judge.show(stays))["verdict"] == "TLE"
    assert (await judge.client.get(f"/api/v1/submissions/{goes}")).status_code == 404
