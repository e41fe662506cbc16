import signal
import time
from datetime import timedelta

import pytest

from domain.runs.enums import Ending, Limit
from tests.integration.sandbox.bench import MIB, Bench

FORK_BOMB = "int main(void) { for (;;) fork(); }"
MALLOC_BOMB = "int main(void) { for (;;) { char *p = malloc(1 << 20); if (p) memset(p, 1, 1 << 20); } }"
MMAP_BOMB = """
int main(void) {
    for (;;) {
        char *p = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (p != MAP_FAILED) memset(p, 1, 1 << 20);
    }
}"""
CHILDREN_BOMB = """
int main(void) {
    for (int i = 0; i < 6; i++) if (!fork()) {
        char *p = malloc(20 << 20);
        memset(p, 1, 20 << 20);
        pause();
    }
    while (wait(0) > 0) {}
    return 0;
}"""
TMPFS_BOMB = """
int main(void) {
    static char block[1 << 20];
    memset(block, 1, sizeof block);
    for (int i = 0;; i++) {
        char name[32];
        sprintf(name, "/tmp/%d", i);
        int fd = open(name, O_CREAT | O_WRONLY, 0600);
        if (fd < 0 || write(fd, block, sizeof block) < 0) return 3;
        close(fd);
    }
}"""


async def test_ends_by_itself(bench: Bench) -> None:
    execution = await bench.c('int main(void) { puts("out"); fputs("err", stderr); return 7; }')
    assert (execution.ending, execution.exit_code, execution.signal) == (Ending.EXITED, 7, None)
    assert (execution.stdout_head, execution.stderr_head) == (b"out\n", b"err")
    assert (execution.stdout_size, execution.stderr_size) == (4, 3)
    assert execution.limits_passed == ()
    assert timedelta(0) < execution.cpu_time < timedelta(milliseconds=200)
    assert 0 < execution.memory < 16 * MIB


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL, signal.SIGXFSZ, signal.SIGUSR1])
async def test_ends_by_a_signal(bench: Bench, number: int) -> None:
    execution = await bench.c(f"int main(void) {{ kill(getpid(), {int(number)}); pause(); }}")
    assert (execution.ending, execution.exit_code, execution.signal) == (Ending.SIGNALED, None, number)
    assert execution.limits_passed == ()


async def test_cpu_time(bench: Bench) -> None:
    limit = timedelta(milliseconds=200)
    execution = await bench.c("int main(void) { for (;;) {} }", cpu_time=limit)
    assert (execution.ending, execution.first_limit) == (Ending.KILLED, Limit.CPU_TIME)
    assert limit <= execution.cpu_time < limit + timedelta(milliseconds=100)


async def test_cpu_time_of_children_and_of_ignored_ones(bench: Bench) -> None:
    program = """
    int main(void) {
        signal(SIGCHLD, SIG_IGN);
        for (int i = 0; i < 2; i++) if (!fork()) for (;;) {}
        for (;;) pause();
    }"""
    limit = timedelta(milliseconds=300)
    execution = await bench.c(program, cpu_time=limit)
    assert (execution.ending, execution.first_limit) == (Ending.KILLED, Limit.CPU_TIME)
    assert limit <= execution.cpu_time < limit * 2


async def test_just_over_the_cpu_limit_is_seen_for_what_it_is(bench: Bench) -> None:
    program = "int main(void) { while (clock() < 0.25 * CLOCKS_PER_SEC) {} return 0; }"
    execution = await bench.c("#include <time.h>\n" + program, cpu_time=timedelta(seconds=0.2), kill_cpu_factor=3.0)
    assert (execution.ending, execution.exit_code) == (Ending.EXITED, 0)
    assert execution.limits_passed == (Limit.CPU_TIME,)
    assert timedelta(seconds=0.24) < execution.cpu_time < timedelta(seconds=0.35)


async def test_wall_time(bench: Bench) -> None:
    started = time.monotonic()
    execution = await bench.shell("sleep 10", wall_time=timedelta(milliseconds=200))
    assert time.monotonic() - started < 1
    assert (execution.ending, execution.limits_passed) == (Ending.KILLED, (Limit.WALL_TIME,))
    assert timedelta(milliseconds=199) <= execution.wall_time < timedelta(milliseconds=400)
    assert execution.cpu_time < timedelta(milliseconds=100)


async def test_a_stopped_program_sleeps_too(bench: Bench) -> None:
    execution = await bench.shell("kill -STOP $$", wall_time=timedelta(milliseconds=200))
    assert (execution.ending, execution.limits_passed) == (Ending.KILLED, (Limit.WALL_TIME,))


@pytest.mark.parametrize("bomb", [MALLOC_BOMB, MMAP_BOMB, CHILDREN_BOMB], ids=["malloc", "mmap", "children"])
async def test_memory(bench: Bench, bomb: str) -> None:
    execution = await bench.c(bomb, address_space=False)
    assert (execution.ending, execution.first_limit) == (Ending.KILLED, Limit.MEMORY), execution
    assert 55 * MIB < execution.memory < 160 * MIB


async def test_memory_below_the_limit_is_measured(bench: Bench) -> None:
    program = "int main(void) { char *p = malloc(40 << 20); memset(p, 1, 40 << 20); return p[5] - 1; }"
    execution = await bench.c(program)
    assert execution.succeeded, execution
    assert 40 * MIB < execution.memory < 44 * MIB


async def test_memory_of_files_is_counted_or_refused(bench: Bench) -> None:
    execution = await bench.c(TMPFS_BOMB)
    full = execution.ending is Ending.EXITED and execution.exit_code == 3
    assert full or execution.first_limit is Limit.MEMORY, execution


async def test_malloc_gives_null_without_a_group(bench: Bench) -> None:
    program = "int main(void) { char *p = malloc(1ul << 40); return p ? 1 : 0; }"
    execution = await bench.c(program)
    assert execution.succeeded


@pytest.mark.parametrize("stream", ["1", "2"])
async def test_output(bench: Bench, stream: str) -> None:
    execution = await bench.shell(f"yes >&{stream}", output=256 * 1024)
    assert (execution.ending, execution.first_limit) == (Ending.KILLED, Limit.OUTPUT)
    size = execution.stdout_size if stream == "1" else execution.stderr_size
    assert 256 * 1024 < size <= 512 * 1024
    assert execution.cpu_time < timedelta(milliseconds=500)


async def test_output_of_both_streams_counts_together(bench: Bench) -> None:
    script = "head -c 700 /dev/zero; head -c 700 /dev/zero >&2; sleep 5"
    execution = await bench.shell(script, output=1024)
    assert (execution.ending, execution.limits_passed) == (Ending.KILLED, (Limit.OUTPUT,))
    execution = await bench.shell("head -c 512 /dev/zero; head -c 512 /dev/zero >&2", output=1024)
    assert execution.succeeded


async def test_fork_bomb(bench: Bench) -> None:
    execution = await bench.c(FORK_BOMB, cpu_time=timedelta(milliseconds=300))
    assert execution.ending is Ending.KILLED


async def test_processes(bench: Bench) -> None:
    program = """
    int main(void) {
        int count = 1;
        for (; count < 100; count++) { pid_t p = fork(); if (p < 0) break; if (!p) { pause(); } }
        printf("%d", count);
        return 0;
    }"""
    execution = await bench.c(program, processes=10)
    assert execution.succeeded
    assert execution.stdout_head == b"10"


async def test_file_size(bench: Bench) -> None:
    execution = await bench.shell("exec head -c 2000000 /dev/zero > file", file_size=1 * MIB)
    assert (execution.ending, execution.signal) == (Ending.SIGNALED, signal.SIGXFSZ)


async def test_open_files(bench: Bench) -> None:
    program = 'int main(void) { int n = 0; while (dup(0) >= 0) n++; printf("%d", n + 3); return 0; }'
    assert (await bench.c(program, open_files=20)).stdout_head == b"20"


async def test_stack(bench: Bench) -> None:
    program = """
    int deep(int n) { volatile char frame[1024]; frame[0] = (char)n; return n ? deep(n - 1) + frame[0] : 0; }
    int main(int c, char **v) { return deep(%d) == 12345 && c > 5 && v; }"""
    assert (await bench.c(program % (12 * 1024), stack=16 * MIB)).succeeded
    overflow = await bench.c(program % (12 * 1024), stack=8 * MIB)
    assert (overflow.ending, overflow.signal) == (Ending.SIGNALED, signal.SIGSEGV)


async def test_everything_ends_with_the_program(bench: Bench) -> None:
    script = "(setsid sleep 60 &) ; (trap '' TERM HUP INT; sleep 60) & exit 0"
    started = time.monotonic()
    execution = await bench.shell(script)
    assert execution.succeeded
    assert time.monotonic() - started < 1


async def test_nothing_to_execute_is_the_programs_fault_in_app(bench: Bench) -> None:
    execution = await bench.run(("/app/absent",))
    assert (execution.ending, execution.exit_code) == (Ending.EXITED, 127)
