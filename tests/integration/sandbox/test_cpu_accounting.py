"""The cpu time of a run is what its processes measured of themselves, whatever shape they have."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from application.contents import BytesContent
from application.sandbox import BoxFile
from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.settings import SandboxSettings
from tests.integration.sandbox.bench import HEADERS, MIB, Bench

SOURCE = (Path(__file__).parent / "programs" / "burn.c").read_text()
PLAIN = (
    "single",
    "system_calls",
    "page_faults",
    "sequential",
    "parallel",
    "orphans",
    "threads_joined",
    "threads_detached",
    "threads_alive",
    "short_threads",
    "short_children",
    "execve_chain",
    "execve_from_thread",
    "vforked",
)
UNWAITED = ("ignored_children", "grandchildren")
UNWAITED_AND_SHORT = ("ignored_short_children",)
AMOUNT = timedelta(milliseconds=200)
START_AND_END = timedelta(milliseconds=2)
"""Loading the program, and what a process does after it has looked at its clock for the last time."""
THREAD_ENDS = timedelta(milliseconds=15)
"""The last steps of a thousand threads, which the clock of their process does not show."""
ESTIMATED = 0.05
"""What the ends of a thousand processes cost that nobody waits for, half of all, the program can but estimate."""
UNSEEN_WITHOUT_GROUP = 0.25
"""There, where there is no group: the counter lets go of a process some 70 µs before its end."""
TICK = timedelta(seconds=1 / os.sysconf("SC_CLK_TCK"))
BETWEEN_LOOKS = timedelta(milliseconds=25)
"""What each of them may use after the last look at /proc, two at a time."""


async def measured(bench: Bench, shape: str, amount: timedelta = AMOUNT) -> tuple[timedelta, timedelta]:
    """(what the program says it used, what the sandbox says)"""
    program = await bench.compile(SOURCE, "-O1", "-pthread")
    await bench.load(BoxFile("program", BytesContent(program), executable=True))
    execution = await bench.run(
        ("/app/program", shape, str(amount // timedelta(milliseconds=1))),
        cpu_time=timedelta(seconds=10),
        wall_time=timedelta(seconds=60),
    )
    assert execution.succeeded, execution
    return timedelta(microseconds=int(execution.stdout_head) / 1000), execution.cpu_time


@pytest.mark.parametrize("shape", PLAIN)
async def test_cpu_time_is_exact(bench: Bench, shape: str) -> None:
    said, counted = await measured(bench, shape)
    above = START_AND_END + (THREAD_ENDS if shape == "short_threads" else timedelta(0))
    assert said - timedelta(milliseconds=1) <= counted <= said * 1.02 + above


@pytest.mark.parametrize("shape", UNWAITED)
async def test_cpu_time_of_children_that_nobody_waits_for(bench: Bench, shape: str) -> None:
    said, counted = await measured(bench, shape)
    unseen = timedelta(0) if "cgroup" in bench.sandbox.isolation else BETWEEN_LOOKS
    assert said * 0.98 - unseen <= counted <= said * 1.02 + START_AND_END


@pytest.mark.parametrize("shape", UNWAITED_AND_SHORT)
async def test_cpu_time_of_short_children_that_nobody_waits_for(bench: Bench, shape: str) -> None:
    before = taken()
    said, counted = await measured(bench, shape)
    grouped = "cgroup" in bench.sandbox.isolation
    unseen = ESTIMATED if grouped else UNSEEN_WITHOUT_GROUP
    foreign = timedelta(0) if grouped else taken() - before + TICK  # the counter counts it, as docs/measuring.md says
    assert said * (1 - unseen) <= counted <= said * (1 + ESTIMATED) + START_AND_END + foreign


def taken() -> timedelta:
    """What interrupts and a hypervisor have taken of all cores: fields 6 to 8 of the first line (proc_stat(5))."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    return TICK * sum(map(int, fields[6:9]))


async def test_a_short_run_is_counted_to_the_millisecond(bench: Bench) -> None:
    said, counted = await measured(bench, "single", timedelta(milliseconds=5))
    own_start = timedelta(milliseconds=1 if bench.reduced else 0)  # the launcher's part of it
    assert said - own_start <= counted <= said + START_AND_END


TRANSFER = """
#include <time.h>
int main(int count, char **arguments) {
    static char block[1 << 16];
    if (*arguments[1] == 'r') while (read(0, block, sizeof block) > 0) {}
    else for (int i = 0; i < 512; i++) if (write(1, block, sizeof block) < 0) return 1;
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    fprintf(stderr, "%lld\\n", t.tv_sec * 1000000000ll + t.tv_nsec);
    return 0;
}"""


@pytest.mark.parametrize("direction", ["read", "write"])
async def test_feeding_and_draining_is_not_the_programs_time(bench: Bench, direction: str) -> None:
    program = await bench.compile(HEADERS + TRANSFER)
    await bench.load(BoxFile("program", BytesContent(program), executable=True))
    stdin = bytes(32 * MIB) if direction == "read" else b""
    execution = await bench.run(
        ("/app/program", direction), stdin, output=64 * MIB, file_size=64 * MIB, wall_time=timedelta(seconds=30)
    )
    assert execution.succeeded, execution
    said = timedelta(microseconds=int(execution.stderr_head) / 1000)
    assert said - timedelta(milliseconds=1) <= execution.cpu_time <= said * 1.02 + START_AND_END


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="needs two cores")
async def test_each_slot_has_a_core_of_its_own() -> None:
    cores = sorted(os.sched_getaffinity(0))[:2]
    async with LauncherPool(SandboxSettings(slots=2, uid_base=63_300)) as pool, pool.slot() as one, pool.slot() as two:
        for core, sandbox in zip(cores, (one, two), strict=True):
            execution = await Bench(sandbox).shell("grep Cpus_allowed_list /proc/self/status")
            assert execution.stdout_head.split() == [b"Cpus_allowed_list:", str(core).encode()], execution
