import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from application.sandbox import SandboxFailure
from domain.runs.enums import Ending
from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.launcher_sandbox import LauncherSandbox
from infrastructure.sandbox.settings import SandboxSettings
from tests.integration.sandbox.bench import Bench


def descendants(pid: int) -> list[int]:
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError):  # it has ended meanwhile
            found += map(int, (thread / "children").read_text().split())
    return found + [d for child in found for d in descendants(child)]


def open_descriptors(process: int | str = "self") -> int:
    return sum(1 for _ in Path(f"/proc/{process}/fd").iterdir())


def keeper(bench: Bench) -> int:
    assert isinstance(bench.sandbox, LauncherSandbox)
    pid = bench.sandbox.launcher_pid
    assert pid is not None
    return pid


async def vanished(pids: list[int]) -> bool:
    for _ in range(100):
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        await asyncio.sleep(0.02)
    return False


@contextmanager
def no_descriptor_leaks() -> Iterator[None]:
    before = open_descriptors()
    yield
    assert open_descriptors() == before


async def test_cancelling_ends_the_run_at_once(bench: Bench) -> None:
    task = asyncio.create_task(bench.shell("trap '' TERM; sleep 30 & sleep 30", wall_time=timedelta(seconds=60)))
    await asyncio.sleep(0.1)
    runs = descendants(keeper(bench))[1:]
    assert len(runs) >= 3
    started = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - started < 0.2
    assert await vanished(runs)
    assert (await bench.shell("echo next")).stdout_head == b"next\n"


async def test_cancelling_at_any_moment_leaves_a_slot_that_works(bench: Bench) -> None:
    await bench.shell("true")
    with no_descriptor_leaks():
        for i in range(60):
            task = asyncio.create_task(bench.shell("head -c 100000 /dev/zero", b"x" * 100_000))
            await asyncio.sleep(i * 0.0001)
            task.cancel()
            with suppress(asyncio.CancelledError):  # unless it was quicker
                await task
            execution = await bench.shell(f"echo {i}")
            assert execution.stdout_head.strip() == str(i).encode(), execution


@pytest.mark.parametrize("victim", ["keeper", "launcher", "init"])
async def test_a_launcher_that_dies_is_replaced(bench: Bench, victim: str) -> None:
    task = asyncio.create_task(bench.shell("sleep 30", wall_time=timedelta(seconds=60)))
    await asyncio.sleep(0.1)
    outer = keeper(bench)
    below = descendants(outer)
    os.kill({"keeper": outer, "launcher": below[0], "init": below[1]}[victim], signal.SIGKILL)
    with pytest.raises(SandboxFailure):
        await task
    assert await vanished([outer, *below])
    assert (await bench.shell("echo next; ls /app")).stdout_head == b"next\n"


async def test_runs_leak_no_descriptors(bench: Bench) -> None:
    await bench.shell("true")
    with no_descriptor_leaks():
        for _ in range(20):
            outcome = await bench.outcome(("/usr/bin/head", "-c", "200000", "/dev/zero"), b"x" * 200_000)
            assert outcome.execution.succeeded
            outcome.close()
    if os.geteuid():
        return  # the launcher cannot be looked into by its own user either
    assert (await bench.shell("true")).succeeded  # the last spill is closed after its result has gone out
    await asyncio.sleep(0.05)  # and so is what its own rest takes
    launcher = descendants(keeper(bench))[0]
    before = open_descriptors(launcher)
    for _ in range(20):
        (await bench.outcome(("/usr/bin/tee", "copy"), b"x" * 200_000, collect=("*",))).close()
    assert (await bench.shell("true")).succeeded
    await asyncio.sleep(0.05)
    assert open_descriptors(launcher) == before


async def test_closing_a_pool_leaves_nothing() -> None:
    before, others = set(_groups()), set(descendants(os.getpid()))
    pool = LauncherPool(SandboxSettings(slots=2, uid_base=62_000))
    with no_descriptor_leaks():
        await pool.open()
        assert set(_groups()) != before or not before
        pids = [pid for pid in descendants(os.getpid()) if pid not in others]
        assert len(pids) == 4
        await pool.close()
    assert await vanished(pids)
    assert set(_groups()) == before


def _groups() -> list[str]:
    return [str(p) for p in Path("/sys/fs/cgroup").glob(f"**/proba/{os.getpid()}-*")]


async def test_slots_run_at_the_same_time_on_cores_of_their_own() -> None:
    async with LauncherPool(SandboxSettings(slots=2, uid_base=62_000)) as pool:

        async def nap() -> bytes:
            async with pool.slot() as sandbox:
                execution = await Bench(sandbox).shell("sleep 0.3; grep Cpus_allowed_list /proc/self/status; id -u")
                assert execution.ending is Ending.EXITED
                return execution.stdout_head

        started = time.monotonic()
        seen = await asyncio.gather(nap(), nap())
        assert time.monotonic() - started < 0.55
        assert len(set(seen)) == 2


async def test_a_slot_is_given_with_an_empty_app() -> None:
    async with LauncherPool(SandboxSettings(slots=1, uid_base=62_000)) as pool:
        async with pool.slot() as sandbox:
            await Bench(sandbox).c("int main(void) { return 0; }")
        async with pool.slot() as sandbox:
            assert (await Bench(sandbox).shell("ls -A /app")).stdout_head == b""
