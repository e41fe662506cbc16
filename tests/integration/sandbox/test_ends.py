"""How a run ended is told apart rightly: by itself, by a signal, or at a limit; also when two come together."""

import signal
from datetime import timedelta
from typing import Any

import pytest

from application.contents import BytesContent
from application.sandbox import BoxFile
from domain.runs.entities import Execution
from domain.runs.enums import Ending, Limit
from tests.integration.sandbox.bench import HEADERS, MIB, Bench, read

MILLISECOND = timedelta(milliseconds=1)
BURN = """
#include <time.h>
static double used(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}
static void burn(double ms) { while (used() < ms) {} }
"""
EXITED = {
    "main returns": ("return 5;", 5),
    "137 is a code, not a signal": ("return 137;", 137),
    "a code has eight bits": ("return 256 + 3;", 3),
    "a child crashes": ("if (!fork()) abort(); wait(0); return 3;", 3),
    "a child kills itself": ("if (!fork()) raise(SIGKILL); wait(0); return 0;", 0),
    "all others are killed": ("if (!fork()) pause(); kill(-1, SIGKILL); return 4;", 4),
    "init is shot at": ("kill(1, SIGKILL); usleep(20000); return 6;", 6),
    "another thread exits": ("pthread_t t; pthread_create(&t, 0, exits, 0); for (;;) pause();", 7),
    "only the first thread ends": ("pthread_t t; pthread_create(&t, 0, naps, 0); pthread_exit(0);", 0),
    "execve": ('execl("/bin/sh", "sh", "-c", "exit 9", (char *)0); return 1;', 9),
}
SIGNALED = {
    "abort": ("abort();", signal.SIGABRT),
    "kills itself": ("kill(getpid(), SIGKILL);", signal.SIGKILL),
    "is killed by its child": ("if (!fork()) { kill(getppid(), SIGKILL); _exit(0); } pause();", signal.SIGKILL),
    "is ended by its child": ("if (!fork()) { kill(getppid(), SIGTERM); _exit(0); } pause();", signal.SIGTERM),
    "writes to nowhere": ("*(volatile int *)8 = 1;", signal.SIGSEGV),
    "divides by zero": ("volatile int z = 0; z = 7 / z;", signal.SIGFPE),
    "another thread crashes": ("pthread_t t; pthread_create(&t, 0, crashes, 0); for (;;) pause();", signal.SIGSEGV),
    "its own limit of files": (
        'struct rlimit l = {5, 5}; setrlimit(RLIMIT_FSIZE, &l); int f = creat("f", 0600); for (;;) write(f, "a", 1);',
        signal.SIGXFSZ,
    ),
    "its own soft limit of cpu time": (
        "struct rlimit l = {1, 2}; setrlimit(RLIMIT_CPU, &l); for (;;) {}",
        signal.SIGXCPU,
    ),
    "its own hard limit of cpu time": (
        "struct rlimit l = {1, 1}; setrlimit(RLIMIT_CPU, &l); for (;;) {}",
        signal.SIGKILL,
    ),
}
THREADS = """
#include <pthread.h>
static void *exits(void *p) { exit(7); return p; }
static void *naps(void *p) { usleep(20000); return p; }
static void *crashes(void *p) { *(volatile int *)8 = 1; return p; }
"""


async def run(bench: Bench, body: str, **options: Any) -> Execution:
    return await bench.c(f"{BURN}{THREADS}int main(void) {{ {body} }}", flags=("-pthread", "-w"), **options)


@pytest.mark.parametrize("name", EXITED)
async def test_exited(bench: Bench, name: str) -> None:
    body, code = EXITED[name]
    execution = await run(bench, body)
    assert (execution.ending, execution.exit_code, execution.signal) == (Ending.EXITED, code, None), execution
    assert execution.limits_passed == ()


@pytest.mark.parametrize("name", SIGNALED)
async def test_signaled(bench: Bench, name: str) -> None:
    body, number = SIGNALED[name]
    execution = await run(bench, body, cpu_time=timedelta(seconds=3), wall_time=timedelta(seconds=20))
    assert (execution.ending, execution.exit_code, execution.signal) == (Ending.SIGNALED, None, number), execution
    assert execution.limits_passed == ()


@pytest.mark.parametrize(
    ("body", "cpu", "wall", "passed"),
    [
        ("for (;;) {}", 50, 5000, (Limit.CPU_TIME,)),
        ("for (;;) pause();", 50, 100, (Limit.WALL_TIME,)),
        ("burn(80); for (;;) pause();", 50, 1000, (Limit.WALL_TIME, Limit.CPU_TIME)),
    ],
    ids=["cpu", "wall", "wall, then found over cpu"],
)
async def test_the_limit_that_ended_it_comes_first(
    bench: Bench, body: str, cpu: int, wall: int, passed: tuple[Limit, ...]
) -> None:
    limits = {"cpu_time": cpu * MILLISECOND, "wall_time": wall * MILLISECOND}
    execution = await run(bench, body, kill_cpu_factor=3.0, **limits)
    assert (execution.ending, execution.limits_passed) == (Ending.KILLED, passed), execution


async def test_crashing_beyond_a_limit_is_both(bench: Bench) -> None:
    execution = await run(bench, "burn(60); abort();", cpu_time=50 * MILLISECOND, kill_cpu_factor=5.0)
    assert (execution.ending, execution.signal) == (Ending.SIGNALED, signal.SIGABRT)
    assert execution.limits_passed == (Limit.CPU_TIME,)


@pytest.mark.parametrize("late", range(-3, 4))
async def test_exiting_while_the_wall_limit_is_reached(bench: Bench, late: int) -> None:
    limit = 60 * MILLISECOND
    execution = await run(bench, f"usleep({60_000 + 300 * late}); return 0;", wall_time=limit)
    consistent(execution, Limit.WALL_TIME, over=execution.wall_time > limit)


@pytest.mark.parametrize("late", range(-3, 4))
async def test_exiting_while_the_cpu_limit_is_reached(bench: Bench, late: int) -> None:
    limit = 60 * MILLISECOND
    execution = await run(bench, f"burn({60 + 0.2 * late}); return 0;", cpu_time=limit, wall_time=20 * limit)
    consistent(execution, Limit.CPU_TIME, over=execution.cpu_time > limit)


LEAVES_MUCH = """
    struct timespec begun, now;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    int ready[2];
    if (pipe(ready)) return 1;
    if (!fork()) { char *p = malloc(500 << 20); memset(p, 1, 500 << 20); write(ready[1], p, 1); for (;;) pause(); }
    char c;
    read(ready[0], &c, 1);
    write(creat("out", 0600), "done", 4);
    do clock_gettime(CLOCK_MONOTONIC, &now);
    while ((now.tv_sec - begun.tv_sec) * 1000 + (now.tv_nsec - begun.tv_nsec) / 1000000 < %d && !usleep(500));
    return 0;
"""


@pytest.mark.parametrize("early", [60, 40, 25, 15])
async def test_who_ends_in_time_has_his_files_though_ending_what_he_left_takes_longer(bench: Bench, early: int) -> None:
    source = f"{HEADERS}{BURN}int main(void) {{ {LEAVES_MUCH % (1000 - early)} }}"
    program = await bench.compile(source, "-w")
    await bench.load(BoxFile("program", BytesContent(program), executable=True))
    outcome = await bench.outcome(
        ("/app/program",),
        wall_time=1000 * MILLISECOND,
        memory=700 * MIB,
        collect=("out",),
        collect_size=MIB,
    )
    execution, found = outcome.execution, [read(artefact.content) for artefact in outcome.artefacts]
    in_time = execution.wall_time <= 1000 * MILLISECOND
    assert execution.limits_passed == (() if in_time else (Limit.WALL_TIME,)), execution
    assert found == ([b"done"] if in_time else []), execution
    outcome.close()


def consistent(execution: Execution, limit: Limit, *, over: bool) -> None:
    assert execution.limits_passed == ((limit,) if over else ()), execution
    assert execution.ending in ((Ending.EXITED, Ending.KILLED) if over else (Ending.EXITED,)), execution
    assert execution.exit_code == (0 if execution.ending is Ending.EXITED else None), execution


HUNGRY = "for (;;) { char *p = malloc(1 << 20); if (p) memset(p, 1, 1 << 20); }"


async def test_a_child_out_of_memory_is_noted_though_the_program_goes_on(bench: Bench) -> None:
    execution = await run(bench, f"if (!fork()) {HUNGRY} wait(0); return 0;", address_space=False)
    assert execution.first_limit is Limit.MEMORY, execution


async def test_killing_itself_with_much_memory_is_no_limit(bench: Bench) -> None:
    body = "char *p = malloc(40 << 20); memset(p, 1, 40 << 20); raise(SIGKILL);"
    execution = await run(bench, body)
    assert (execution.ending, execution.signal) == (Ending.SIGNALED, signal.SIGKILL), execution
    assert execution.limits_passed == ()


async def test_one_run_out_of_memory_is_not_the_next(bench: Bench) -> None:
    assert (await run(bench, HUNGRY, address_space=False)).limits_passed[0] is Limit.MEMORY
    after = await run(bench, "char *p = malloc(60 << 20); memset(p, 1, 60 << 20); raise(SIGKILL);")
    assert (after.ending, after.signal, after.limits_passed) == (Ending.SIGNALED, signal.SIGKILL, ()), after
    assert 60 * MIB <= after.memory <= 64 * MIB
