"""The reduced level: what it promises without namespaces, and that nothing of it stays whoever is killed."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from application.contents import BytesContent
from application.sandbox import BoxFile, SandboxFailure
from domain.runs.enums import Ending, Limit
from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.level import BelowFloor
from infrastructure.sandbox.preflight import preflight
from infrastructure.sandbox.scratch import find_scratch
from infrastructure.sandbox.settings import SandboxSettings
from tests.integration.sandbox.bench import Bench
from tests.integration.sandbox.test_life import descendants, vanished

CHECKOUT = Path(__file__).parents[3]
REACH = (Path(__file__).parent / "programs" / "reach.c").read_text()
SETTINGS = SandboxSettings(slots=1, level="landlock", floor="landlock", uid_base=62_200)
ESCAPE = "(setsid sh -c 'trap \"\" TERM HUP; sleep 61 & sleep 62' &) ; sleep 63"
CHAIN = """
int main(void) {
    if (!fork()) for (;;) { if (fork()) _exit(0); setsid(); }
    pause();
}"""
RIVALS = """
int main(void) {
    for (int i = 0; i < 4; i++) fork();
    for (;;) { kill(-1, SIGSTOP); kill(getppid(), SIGSTOP); kill(getppid(), SIGKILL); fork(); }
}"""
DEEP = """
int main(void) {
    for (int i = 0; i < 500; i++) if (mkdir("d", 0700) || chdir("d")) return 1;
    return 0;
}"""
CLOSED = """
int main(void) {
    mkdir("a", 0700), mkdir("a/b", 0700), mkdir("a/d", 0), close(open("a/b/c", O_CREAT, 0));
    return symlink("/usr", "a/usr") || symlink("..", "a/b/up") || chmod("a/b", 0) || chmod("a", 0) || chmod(".", 0);
}"""
WORKER = """
import asyncio, sys
from datetime import timedelta
from infrastructure.sandbox.launcher_pool import LauncherPool
from tests.integration.sandbox.bench import Bench
from tests.integration.sandbox.test_landlock import ESCAPE, SETTINGS

async def main():
    async with LauncherPool(SETTINGS) as pool, pool.slot() as sandbox:
        print("up", flush=True)
        await Bench(sandbox).shell(ESCAPE, wall_time=timedelta(seconds=60))

asyncio.run(main())
"""


@pytest.fixture
async def landlock() -> AsyncIterator[Bench]:
    try:
        pool = LauncherPool(SETTINGS)
        await pool.open()
    except SandboxFailure as failure:
        if "landlock" in str(failure):
            pytest.skip(f"this kernel has no Landlock: {failure}")
        raise
    try:
        async with pool.slot() as sandbox:
            yield Bench(sandbox)
    finally:
        await pool.close()


def scratches(worker: int) -> set[str]:
    return {str(path) for path in Path(find_scratch().base).glob(f"proba-box-{worker}-*")}


def start_worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WORKER], cwd=CHECKOUT, stdout=subprocess.PIPE)


async def until(running: int, pid: int) -> list[int]:
    """The processes below one, once there are so many."""
    for _ in range(250):
        found = descendants(pid)
        if len(found) >= running:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"{descendants(pid)} below {pid}")


async def test_the_result_says_what_was_on(landlock: Bench) -> None:
    execution = await landlock.shell("true")
    assert execution.isolation.startswith("landlock+seccomp")
    assert "namespaces" not in execution.isolation


async def test_nothing_of_the_host_is_in_reach(landlock: Bench, tmp_path: Path) -> None:
    for directory in (tmp_path, *tmp_path.parents[:-2]):
        if directory.stat().st_uid == os.geteuid():
            directory.chmod(0o777)
    target, path = tmp_path / "secret", tmp_path / "socket"
    target.write_text("answer")
    target.chmod(0o666)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(path))
        path.chmod(0o777)
        program = await landlock.compile(REACH, "-w")
        await landlock.load(BoxFile("reach", BytesContent(program), executable=True))
        execution = await landlock.run(("/app/reach", str(target), str(path), str(os.getpid())))
    assert (execution.exit_code, execution.stdout_head.decode()) == (0, "")
    assert target.read_text() == "answer"
    assert {entry.name for entry in tmp_path.iterdir()} == {"secret", "socket"}


@pytest.mark.parametrize("bomb", [CHAIN, RIVALS], ids=["chain", "rivals"])
async def test_what_forks_while_it_is_killed_ends_too(landlock: Bench, bomb: str) -> None:
    await landlock.c("int main(void) { return 0; }")
    started = time.monotonic()
    execution = await landlock.c(bomb, wall_time=timedelta(seconds=0.5), processes=32)
    assert execution.ending in (Ending.KILLED, Ending.SIGNALED)
    assert time.monotonic() - started < 5
    assert (await landlock.shell("echo alone")).stdout_head == b"alone\n"


@pytest.mark.parametrize("source", [DEEP, CLOSED], ids=["deep", "closed"])
async def test_every_box_is_empty(landlock: Bench, source: str) -> None:
    execution = await landlock.c(source)
    # where the box is of our own user, its size is found by walking it, and what cannot be walked is too large
    assert execution.first_limit is Limit.MEMORY if os.geteuid() else execution.succeeded, execution
    execution = await landlock.shell("ls -A; touch fine; ls")
    assert execution.stdout_head == b"fine\n", execution


@pytest.mark.parametrize(
    "victims", [("keeper",), ("launcher",), ("init",), ("launcher", "init"), ("init", "keeper"), ("keeper", "launcher")]
)
async def test_nothing_outlives_whoever_is_killed(landlock: Bench, victims: tuple[str, ...]) -> None:
    if victims == ("keeper", "launcher") and os.geteuid():
        pytest.skip("without a user id of its own what is left of such a box cannot be found")
    task = asyncio.create_task(landlock.shell(ESCAPE, wall_time=timedelta(seconds=60)))
    outer = landlock.sandbox.launcher_pid  # type: ignore[attr-defined]
    below = await until(6, outer)
    before = scratches(os.getpid())
    numbers = {"keeper": outer, "launcher": below[0], "init": below[1]}
    for victim in victims:
        with suppress(ProcessLookupError):  # it has followed the one before
            os.kill(numbers[victim], signal.SIGKILL)
    with pytest.raises(SandboxFailure):
        await task
    assert await vanished([outer, *below])
    assert (await landlock.shell("echo next")).stdout_head == b"next\n"
    assert len(scratches(os.getpid())) <= len(before)


async def test_nothing_outlives_the_worker(landlock: Bench) -> None:
    with start_worker() as worker:
        assert worker.stdout is not None
        worker.stdout.readline()
        below = await until(7, worker.pid)
        assert scratches(worker.pid)
        worker.kill()
    assert await vanished(below)
    assert not scratches(worker.pid)


async def test_what_a_killed_launcher_has_left_is_removed_by_the_next(landlock: Bench) -> None:
    left = Path(find_scratch().fresh("0-0-0"))
    (left / "box" / "inner").mkdir(parents=True)
    (left / "box" / "file").write_text("x")
    held = scratches(os.getpid())
    assert held
    async with LauncherPool(SETTINGS):
        assert not left.exists()
        assert scratches(os.getpid()) > held
    assert scratches(os.getpid()) == held


async def test_what_is_below_the_floor_is_refused() -> None:
    with pytest.raises(BelowFloor):
        await LauncherPool(SandboxSettings(level="landlock")).open()
    found = await preflight(SandboxSettings(level="landlock"))
    assert not found.ok
    assert "below the floor" in found.refusal
    assert "mend it with: PROBA_SANDBOX_FLOOR=landlock" in found.refusal
