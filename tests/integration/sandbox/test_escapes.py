"""Ways out that a hostile program has found before: each was open once, and must stay shut."""

import errno
import os
import resource
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from application.contents import BytesContent
from application.sandbox import BoxFile, SandboxFailure
from domain.runs.enums import Limit
from tests.integration.sandbox.bench import HEADERS, MIB, Bench

RING = r"""
int main(void) {
    int pair[2], memory = memfd_create("x", 0);
    size_t size = 48 << 20;
    ftruncate(memory, size);
    if (memory >= 0) memset(mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0), 1, size);
    socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
    int passed[3] = {pair[0], pair[1], memory < 0 ? 0 : memory};
    char byte = 1, control[CMSG_SPACE(sizeof passed)] = {0};
    struct iovec text = {&byte, 1};
    struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1, .msg_control = control};
    message.msg_controllen = sizeof control;
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof passed);
    memcpy(CMSG_DATA(c), passed, sizeof passed);
    puts(sendmsg(pair[0], &message, 0) < 0 ? strerror(errno) : "passed");
}
"""
FILL = """
int main(void) {
    size_t size = 40 << 20;
    char *data = malloc(size);
    for (size_t i = 0; i < size; i += 4096) data[i] = 1;
    return data[4096] != 1;
}
"""
UNMAPPED = r"""
#include <sys/shm.h>
static char block[1 << 20];
int main(void) {
    memset(block, 1, sizeof block);
    for (int files = 0; files < 8; files++) {
        int memory = memfd_create("x", 0);
        for (int i = 0; memory >= 0 && i < 15; i++) write(memory, block, sizeof block);
    }
    int segment = shmget(0, 120 << 20, 0600);
    if (segment >= 0) memset(shmat(segment, NULL, 0), 1, 120 << 20);
    usleep(200000);
    puts(memfd_create("x", 0) < 0 && segment < 0 ? "refused" : "got");
}
"""
MANY_FILES = "i=0; while [ $i -lt {} ]; do : > f$i; i=$((i + 1)); done"


@pytest.fixture
def tool() -> Iterator[Path]:
    """An executable that anybody on the host may start, where programs must not see it."""
    directory = Path(tempfile.mkdtemp(prefix="proba-test-", dir="/var/tmp"))
    try:
        directory.chmod(0o755)
        copy = directory / "tool"
        shutil.copy(Path("/bin/true").resolve(), copy)
        copy.chmod(0o755)
        yield copy
    finally:
        shutil.rmtree(directory)


async def test_an_interpreter_is_not_found_through_the_descriptors_of_the_launcher(bench: Bench, tool: Path) -> None:
    up = "../" * 16
    for descriptor in range(3, 40):
        script = f"#!/proc/self/fd/{descriptor}/{up}{tool}\n".encode()
        await bench.load(BoxFile("program", BytesContent(script), executable=True))
        execution = await bench.run(("/app/program",))
        assert execution.exit_code == 127, (descriptor, execution)


async def test_the_launchers_own_program_is_of_no_use_as_an_interpreter(bench: Bench) -> None:
    for script in (b"#!/proc/self/exe\n", b"#!/proc/self/exe 0\n"):
        await bench.load(BoxFile("program", BytesContent(script), executable=True))
        execution = await bench.run(("/app/program",), b"x")
        assert execution.stdout_size == 0


async def test_memory_in_a_ring_of_sockets_does_not_stay(bench: Bench) -> None:
    for _ in range(2):
        ring = await bench.c(RING, file_size=64 * MIB)
        assert ring.stdout_head == b"Operation not permitted\n", ring
        after = await bench.c(FILL)
        assert after.succeeded, after


async def test_memory_that_nobody_has_mapped_is_counted_or_refused(bench: Bench) -> None:
    execution = await bench.c(UNMAPPED, memory=64 * MIB, file_size=256 * MIB)
    assert execution.first_limit is Limit.MEMORY or execution.stdout_head == b"refused\n", execution


async def test_contexts_of_aio_are_not_to_be_had(bench: Bench) -> None:
    execution = await bench.c(
        'int main(void) { long c = 0; puts(syscall(SYS_io_setup, 1, &c) < 0 ? strerror(errno) : "got it"); }'
    )
    assert execution.stdout_head == f"{os.strerror(38)}\n".encode(), execution


async def test_disks_and_caches_of_the_machine_are_left_alone(bench: Bench) -> None:
    execution = await bench.c(
        r"""
        #include <sys/uio.h>
        int main(void) {
            static char page[4096];
            struct iovec vector = {page, sizeof page};
            int file = open("/bin/sh", O_RDONLY);
            read(file, page, sizeof page);
            int advised = posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
            int cached = preadv2(file, &vector, 1, 0, RWF_NOWAIT) > 0;
            sync();
            printf("%d %d %d %d\n", advised, cached, fsync(file), syncfs(file));
        }
        """
    )
    assert execution.stdout_head == b"0 1 0 0\n", execution


async def test_of_init_nothing_is_seen(bench: Bench) -> None:
    execution = await bench.shell("ls -d /proc/[0-9]*; cat /proc/1/cmdline", processes=16)
    assert b"/proc/1\n" not in execution.stdout_head, execution
    assert b"launcher" not in execution.stdout_head, execution


async def test_artefacts_do_not_take_all_descriptors_of_the_worker(bench: Bench) -> None:
    for count, collected in ((512, 512), (513, 0)):
        outcome = await bench.outcome(("/bin/sh", "-c", MANY_FILES.format(count)), collect=("*",))
        assert outcome.execution.succeeded
        assert len(outcome.artefacts) == collected
        outcome.close()


async def test_a_descriptor_that_is_lost_is_our_failure(bench: Bench) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(entry.name) for entry in Path("/proc/self/fd").iterdir())
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 8, hard))
    try:
        with pytest.raises((SandboxFailure, OSError)) as failure:
            await bench.outcome(("/bin/sh", "-c", MANY_FILES.format(400)), collect=("*",))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert os.strerror(errno.EMFILE) in str(failure.value)


async def test_the_limits_of_init_are_not_for_programs_to_set(bench: Bench) -> None:
    execution = await bench.c("""
    int main(void) {
        struct rlimit limit = {1, 1};
        return prlimit(0, RLIMIT_CPU, NULL, &limit) == 0 && prlimit(getppid(), RLIMIT_CPU, &limit, NULL) < 0 ? 0 : 1;
    }""")
    assert execution.succeeded, execution


async def test_a_crash_starts_no_program_of_the_host(bench: Bench) -> None:
    """With a core pattern that is a pipe the kernel does, unless this limit is 1."""
    execution = await bench.c(r"""
    int main(void) {
        struct rlimit limit = {0, 0};
        int set = setrlimit(RLIMIT_CORE, &limit) | prlimit(0, RLIMIT_CORE, &limit, NULL);
        getrlimit(RLIMIT_CORE, &limit);
        printf("%d %d %d\n", set, (int)limit.rlim_cur, (int)limit.rlim_max);
    }""")
    allowed = (b"0 1 1\n", b"0 0 0\n") if os.geteuid() else (b"0 1 1\n",)  # an ordinary user cannot raise it
    assert execution.stdout_head in allowed, execution


async def test_what_others_open_is_not_told(bench: Bench) -> None:
    execution = await bench.c(r"""
    #include <sys/inotify.h>
    int main(void) {
        int directory = open("/usr/bin", O_RDONLY | O_DIRECTORY);
        printf("%d %d", inotify_init1(0), fcntl(directory, F_NOTIFY, DN_ACCESS));
    }""")
    assert execution.stdout_head == b"-1 -1", execution


NAMELESS = r"""
static char block[1 << 20];
int main(int count, char **arguments) {
    memset(block, 1, sizeof block);
    for (int files = 0; files < 5; files++) {
        int file = open("f", O_CREAT | O_RDWR, 0600);
        unlink("f");
        for (int i = 0; i < 50; i++) write(file, block, sizeof block);
        if (arguments[1][0] == 'm') {
            mmap(NULL, 4096, PROT_READ, MAP_SHARED, file, 0);
            close(file);
        }
    }
    usleep(500000);
    return 0;
}
"""


@pytest.mark.parametrize("how", ["open", "mapped"])
async def test_files_without_a_name_count(bench: Bench, how: str) -> None:
    program = await bench.compile(HEADERS + NAMELESS)
    await bench.load(BoxFile("program", BytesContent(program), executable=True))
    execution = await bench.run(("/app/program", how), memory=64 * MIB, file_size=64 * MIB)
    full = not execution.limits_passed and not bench.reduced  # the box itself has no more room than that
    assert execution.first_limit is Limit.MEMORY or full, execution
