import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from application.sandbox import SandboxPool, SelfTest
from application.submissions.fitness import Fitness
from application.workers.usecases import Beat, RegisterWorker
from domain.workers.entities import WorkerId
from infrastructure.providers.worker import make_worker_container
from infrastructure.queue.work_drain import WorkDrain
from infrastructure.sandbox.build import build_launcher
from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.launcher_sandbox import LauncherSandbox
from infrastructure.sandbox.pool_self_test import PoolSelfTest
from infrastructure.sandbox.settings import SandboxSettings
from tests.integration.judging.conftest import C_SUM, Judge

SLEEPER = "#include <unistd.h>\nint main(void) { sleep(1); return 0; }\n"


@pytest.fixture
async def weak(judge: Judge, tmp_path: Path) -> AsyncIterator[Judge]:
    """A worker of one slot, whose launcher lies where the test can take it away."""
    launcher = build_launcher(judge.config.build_dir)
    shutil.copytree(launcher.parent, tmp_path / "build")
    (tmp_path / "build").chmod(0o755)
    config = judge.config.model_copy(update={"build_dir": tmp_path / "build", "worker_slots": 1})
    worker = make_worker_container(config)
    yield Judge(judge.client, judge.server, worker, config)
    await worker.close()


async def _shown(judge: Judge) -> tuple[str, str | None]:
    items = (await judge.client.get("/api/v1/workers")).json()["items"]
    worker = str(await judge.worker.get(WorkerId))
    return next((item["state"], item["complaint"]) for item in items if item["id"] == worker)


async def test_a_worker_whose_launcher_is_gone_takes_no_jobs_says_why_and_comes_back(weak: Judge) -> None:
    fitness, self_test = await weak.worker.get(Fitness), await weak.worker.get(SelfTest)
    fitness.found(await self_test.whole())
    async with weak.worker() as scope:
        await (await scope.get(RegisterWorker))()
    assert await _shown(weak) == ("ready", None)
    launcher = build_launcher(weak.config.build_dir)
    launcher.chmod(0o600)
    pool = await weak.worker.get(SandboxPool)
    async with pool.slot() as slot:
        assert isinstance(slot, LauncherSandbox)
        assert slot.launcher_pid is not None
        os.kill(slot.launcher_pid, signal.SIGKILL)

    submission = await weak.submit(C_SUM)
    await weak.work()
    async with weak.worker() as scope:
        assert await (await scope.get(Beat))()
    state, complaint = await _shown(weak)
    assert state == "unfit"
    assert "Permission denied" in str(complaint)
    ready = (await weak.client.get("/readyz")).json()
    assert any("takes no jobs: the sandbox's launcher failed" in warning for warning in ready["warnings"]), ready
    shown = await weak.show(submission)
    assert (shown["status"], shown["attempt"]) == ("queued", 1)
    assert (await weak.worker.get(WorkDrain)).held

    fitness.found(await self_test.whole())
    assert fitness.complaint
    launcher.chmod(0o755)
    fitness.found(await self_test.whole())
    async with weak.worker() as scope:
        assert await (await scope.get(Beat))()
    assert await _shown(weak) == ("ready", None)
    await weak.work()
    assert (await weak.show(submission))["verdict"] == "AC"


async def test_an_attempt_that_the_sandbox_fails_makes_the_worker_try_it(weak: Judge) -> None:
    """The launcher dies in the middle of a run, and cannot be started again."""
    fitness = await weak.worker.get(Fitness)
    pool = await weak.worker.get(SandboxPool)
    async with pool.slot() as slot:
        assert isinstance(slot, LauncherSandbox)
    launcher = build_launcher(weak.config.build_dir)
    submission = await weak.submit(SLEEPER, tests=[{"input": "", "output": ""}])
    later = await weak.submit(C_SUM)
    work = asyncio.create_task(weak.work())
    async with asyncio.timeout(20):
        while (await weak.show(submission))["status"] != "testing":  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    launcher.chmod(0o600)
    assert slot.launcher_pid is not None
    os.kill(slot.launcher_pid, signal.SIGKILL)
    await work
    assert "launcher failed" in fitness.complaint
    assert [(shown["status"], shown["attempt"]) for shown in (await weak.show(submission), await weak.show(later))] == [
        ("queued", 2),
        ("queued", 1),
    ]

    launcher.chmod(0o755)
    fitness.found(await (await weak.worker.get(SelfTest)).whole())
    await weak.work()
    assert [(await weak.show(id_))["verdict"] for id_ in (submission, later)] == ["AC", "AC"]


async def test_a_trial_that_goes_wrong_is_told_by_its_name() -> None:
    async with LauncherPool(SandboxSettings(slots=2, hostname="elsewhere", floor="landlock")) as pool:
        if pool.level == "landlock":
            pytest.skip("without namespaces the host's name is seen")
        complaint = await PoolSelfTest(pool).whole()
    assert "'host name' went wrong" in complaint
    assert "elsewhere" in complaint
