import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from application.ids import new_id
from application.submissions.job_ledger import JobLedger
from application.submissions.policy import JudgingPolicy
from application.workers.neighbours import Neighbours
from application.workers.usecases import SweepQueue
from domain.languages.entities import LanguageId
from domain.workers.entities import WorkerId
from infrastructure.neighbours import LockedNeighbours
from tests.integration.judging.conftest import C_SUM, Judge

HOLDER = """
import sys
from pathlib import Path
from uuid import UUID
from infrastructure.neighbours import BOOT_ID, LockedNeighbours
LockedNeighbours(Path(sys.argv[1]), UUID(sys.argv[2]), BOOT_ID.read_text().strip()).appear()
print("held", flush=True)
sys.stdin.read()
"""


async def _holder(directory: Path, worker: WorkerId) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, str(directory), str(worker),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert await process.stdout.readline() == b"held\n"
    return process


async def test_what_a_killed_worker_of_this_machine_held_goes_back_at_once(judge: Judge) -> None:
    ledger = await judge.worker.get(JobLedger)
    policy = await judge.worker.get(JudgingPolicy)
    sweep = await judge.worker.get(SweepQueue)
    assert policy.lease.total_seconds() >= 10, "or the lease could run out meanwhile"
    dead = WorkerId(new_id())
    submission = await judge.submit(C_SUM)
    assert await ledger.claim(dead, "dead", [LanguageId("c11")], policy.lease)
    process = await _holder(judge.config.data_dir / "workers", dead)

    assert (await sweep()).given_back == 0
    os.kill(process.pid, signal.SIGSTOP)
    assert (await sweep()).given_back == 0, "a stopped worker is no dead one"
    process.kill()
    await process.wait()
    assert (await sweep()).given_back == 1
    shown = await judge.show(submission)
    assert (shown["status"], shown["attempt"]) == ("queued", 2)
    assert not [path for path in (judge.config.data_dir / "workers").iterdir() if str(dead) in path.name]
    await judge.work()
    assert (await judge.show(submission))["verdict"] == "AC"


async def test_the_dead_are_told_of_again_when_the_database_did_not_hear_it(judge: Judge, tmp_path: Path) -> None:
    dead = WorkerId(new_id())
    process = await _holder(tmp_path, dead)
    process.kill()
    await process.wait()
    boot = next(tmp_path.iterdir()).name.partition(".")[0]
    neighbours: Neighbours = LockedNeighbours(tmp_path, WorkerId(new_id()), boot)
    other: Neighbours = LockedNeighbours(tmp_path, WorkerId(new_id()), boot)
    stranger: Neighbours = LockedNeighbours(tmp_path, WorkerId(new_id()), "another-boot")
    with pytest.raises(ConnectionError):  # noqa: PT012
        async with neighbours.gone() as gone:
            assert list(gone) == [dead]
            async with other.gone() as at_the_same_time:
                assert not at_the_same_time
            raise ConnectionError
    async with stranger.gone() as gone:
        assert not gone
    async with other.gone() as gone:
        assert list(gone) == [dead]
    async with neighbours.gone() as gone:
        assert not gone


async def test_a_graceful_end_leaves_nothing(tmp_path: Path) -> None:
    neighbours = LockedNeighbours(tmp_path, WorkerId(new_id()), "boot")
    neighbours.appear()
    assert len(list(tmp_path.iterdir())) == 1
    neighbours.close()
    assert not list(tmp_path.iterdir())
