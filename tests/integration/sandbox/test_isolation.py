import os
import secrets
import socket
from datetime import timedelta
from pathlib import Path

import pytest

from domain.runs.enums import Limit
from tests.integration.sandbox.bench import Bench

SYSCALLS = {
    "ptrace": "ptrace(PTRACE_TRACEME, 0, 0, 0)",
    "mount": 'mount("tmpfs", "/tmp", "tmpfs", 0, 0)',
    "umount": 'umount2("/proc", MNT_DETACH)',
    "chroot": 'chroot("/tmp")',
    "pivot_root": 'syscall(SYS_pivot_root, ".", ".")',
    "unshare user": "unshare(CLONE_NEWUSER)",
    "clone user": "syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0)",
    "clone pid": "syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0)",
    "setns": "setns(0, 0)",
    "bpf": "syscall(SYS_bpf, 0, 0, 0)",
    "perf": "syscall(SYS_perf_event_open, 0, 0, 0, 0, 0)",
    "keyctl": "syscall(SYS_keyctl, 0, 0, 0, 0, 0)",
    "userfaultfd": "syscall(SYS_userfaultfd, 0)",
    "read memory": "syscall(SYS_process_vm_readv, 1, 0, 0, 0, 0, 0)",
    "affinity": "({ cpu_set_t s; CPU_ZERO(&s); CPU_SET(1, &s); sched_setaffinity(0, sizeof s, &s); })",
    "clock": "({ struct { long s, n; } t = {0, 0}; syscall(SYS_clock_settime, 0, &t); })",
    "hostname": 'sethostname("x", 1)',
    "personality": "syscall(SYS_personality, 0x0400000)",
    "tiocsti": "({ char c = 1; syscall(SYS_ioctl, 0, 0x5412, &c); })",
    "fsopen": 'syscall(430, "tmpfs", 0)',
    "open_tree": 'syscall(428, -1, "/", 1)',
}
NO_SUCH = {"clone3": "syscall(435, 0, 0)", "io_uring": "syscall(425, 1, 0)", "unknown": "syscall(2000)"}


@pytest.mark.parametrize("name", [*SYSCALLS, *NO_SUCH])
async def test_system_calls_are_refused(bench: Bench, name: str) -> None:
    call, wanted = (SYSCALLS[name], "EPERM") if name in SYSCALLS else (NO_SUCH[name], "ENOSYS")
    source = (
        f"int main(void) {{ errno = 0; long r = (long)({call}); return r == -1 && errno == {wanted} ? 0 : errno + 1; }}"
    )
    execution = await bench.c(source)
    assert execution.succeeded, execution


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the 32-bit ABI of x86")
async def test_the_32_bit_calls_kill(bench: Bench) -> None:
    source = 'int main(void) { long r; __asm__ volatile("int $0x80" : "=a"(r) : "0"(20L)); return r > 0 ? 0 : 1; }'
    execution = await bench.c(source)
    assert execution.signal == 31, execution
    x32 = await bench.c("int main(void) { return syscall(0x40000000 | 39) == -1 && errno == ENOSYS ? 0 : 1; }")
    assert x32.succeeded


async def test_ordinary_things_work(bench: Bench) -> None:
    execution = await bench.shell("mkfifo p; (echo via fifo > p &); cat p; echo a | sed s/a/b/; cat < /dev/null; nproc")
    assert execution.stdout_head == b"via fifo\nb\n1\n", execution
    program = """
    #include <pthread.h>
    static void *f(void *x) { return x; }
    int main(void) {
        pthread_t t; int v[2];
        if (pthread_create(&t, 0, f, 0) || pthread_join(t, 0) || socketpair(AF_UNIX, SOCK_STREAM, 0, v)) return 1;
        return 0;
    }"""
    assert (await bench.c(program, flags=("-pthread",))).succeeded


async def test_shared_memory_by_name(bench: Bench) -> None:
    program = """
    int main(void) {
        int shm = shm_open("/name", O_CREAT | O_RDWR, 0600);
        return shm < 0 || ftruncate(shm, 4096) || mmap(0, 4096, 3, MAP_SHARED, shm, 0) == MAP_FAILED;
    }"""
    assert (await bench.c(program)).succeeded is not bench.reduced  # there it would be the host's


async def test_what_is_to_be_seen(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("answer")
    if bench.reduced:
        pytest.skip("without a namespace of mounts names are seen; test_landlock.py tells what is not")
    script = f"""
    ls -d /root /home /var /opt /work /etc/shadow /sys /run {tmp_path} 2>/dev/null
    ls / | tr '\\n' ' '; hostname; id -u; pwd; ls /dev | tr '\\n' ' '"""
    execution = await bench.shell(script)
    lines = execution.stdout_head.decode().splitlines()
    assert set(lines[0].split()) - {"proba"} <= {
        "app",
        "bin",
        "box",
        "dev",
        "etc",
        "lib",
        "lib32",
        "lib64",
        "libx32",
        "proc",
        "sbin",
        "tmp",
        "usr",
    }
    assert lines[0].endswith("proba")
    assert int(lines[1]) >= 63000 or lines[1] == "1000"
    assert lines[2] == "/box"
    assert lines[3].split() == ["fd", "full", "null", "random", "shm", "stderr", "stdin", "stdout", "urandom", "zero"]


async def test_the_environment_is_exactly_what_was_given(bench: Bench) -> None:
    execution = await bench.run(("/usr/bin/env",), env={"ONE": "1", "TWO": "a=b c"})
    lines = [line for line in execution.stdout_head.splitlines() if not (bench.reduced and line.startswith(b"TMPDIR="))]
    assert lines == [b"ONE=1", b"TWO=a=b c"]


async def test_processes_see_none_but_their_own(bench: Bench) -> None:
    if bench.reduced:
        pytest.skip("without a namespace of processes; test_landlock.py tells what is promised")
    execution = await bench.shell(
        "ls /proc | grep -c '^[0-9]'; cat /proc/1/environ /proc/1/mem; ls -l /proc/1/fd /proc/1/root"
    )
    assert int(execution.stdout_head.split()[0]) <= 4
    assert execution.stderr_head.count(b"No such file") == 4  # not even that there is an init
    execution = await bench.shell("kill -9 -1; kill -9 1; sleep 0.05; echo init lives")
    assert execution.signal == 9 or b"init lives" in execution.stdout_head, execution


async def test_nothing_can_be_written_but_box_and_tmp(bench: Bench) -> None:
    script = """
    for place in / /usr /usr/bin /etc /dev /app /proc /bin /lib; do
        ( : > $place/x ) 2>/dev/null && echo "wrote $place"
    done
    ( echo 0 > /proc/self/oom_score_adj ) 2>/dev/null && echo "wrote oom_score_adj"
    ( echo x > /proc/sys/kernel/core_pattern ) 2>/dev/null && echo "wrote core_pattern"
    ( chmod 777 /dev/null ) 2>/dev/null && echo "changed /dev/null"
    touch /box/x /tmp/x && echo fine"""
    mode = Path("/dev/null").stat().st_mode
    execution = await bench.shell(script)
    # there chmod says that it worked, and does nothing: the box is of the same user as everything else
    pretended = b"changed /dev/null\n" if bench.reduced and os.geteuid() else b""
    assert execution.stdout_head == pretended + b"fine\n", execution
    assert Path("/dev/null").stat().st_mode == mode


async def test_there_is_no_network(bench: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as abstract:
        name = f"proba-{secrets.token_hex(4)}"
        abstract.bind("\0" + name)
        abstract.listen()
        script = f"""
import socket
def attempt(family, address, kind=socket.SOCK_STREAM):
    try:
        with socket.socket(family, kind) as s:
            s.settimeout(0.5)
            s.connect(address)
            print("connected", address)
    except OSError as error:
        print(type(error).__name__)
attempt(socket.AF_INET, ("127.0.0.1", {server.getsockname()[1]}))
attempt(socket.AF_INET, ("1.1.1.1", 53), socket.SOCK_DGRAM)
attempt(socket.AF_UNIX, "\\0{name}")
attempt(16, (0, 0), socket.SOCK_RAW)
attempt(40, (2, 1))
print(open("/proc/net/dev").read().count(":") if {not bench.reduced} else 1)"""
        execution = await bench.run(("/usr/bin/python3", "-c", script))
    assert b"connected" not in execution.stdout_head, execution
    assert execution.stdout_head.endswith(b"1\n"), execution


async def test_no_descriptor_is_inherited(bench: Bench) -> None:
    execution = await bench.run(("/bin/ls", "/proc/self/fd"))
    assert execution.stdout_head.split() == [b"0", b"1", b"2", b"3"]  # 3 is the directory that ls reads


async def test_no_privilege_is_left_or_won(bench: Bench) -> None:
    execution = await bench.shell("ulimit -c -l; exec grep -E '^(Cap|NoNewPrivs|Seccomp:|Groups)' /proc/self/status")
    lines = execution.stdout_head.decode().splitlines()
    kept = ("CapBnd", "Groups") if bench.reduced and os.geteuid() else ()  # only the privileged can lay these down
    assert all(line.split()[1] == "0" * 16 for line in lines if line.startswith("Cap") and not line.startswith(kept))
    assert "NoNewPrivs:\t1" in lines
    assert "Seccomp:\t2" in lines
    assert "Groups" in kept or any(line.split() == ["Groups:"] for line in lines)
    su = await bench.shell("su -c id root < /dev/null; mount -t tmpfs x /tmp; ping -c1 127.0.0.1")
    assert b"uid=0" not in su.stdout_head


async def test_system_v_memory_and_queues_end_with_the_run(bench: Bench) -> None:
    source = """
    #include <sys/shm.h>
    int main(void) { int id = shmget(77, 4096, IPC_CREAT | IPC_EXCL | 0600); return id < 0 && errno != ENOSYS; }"""
    assert (await bench.c(source)).succeeded
    assert (await bench.c(source)).succeeded


SHARED_MEMORY = """
#include <sys/shm.h>
int main(void) {
    int id = shmget(IPC_PRIVATE, (size_t)16 << 20, IPC_CREAT | 0600);
    char *memory = shmat(id, 0, 0);
    if (memory == (void *)-1) return 1;
    for (size_t i = 0; i < (size_t)16 << 20; i += 4096) ((volatile char *)memory)[i] = 1;
    printf("%d\\n", id);
    fflush(stdout);
    if (getchar() != EOF) pause();
    return 0;
}"""


async def test_system_v_memory_that_is_left_behind_is_billed_to_who_left_it(bench: Bench) -> None:
    if bench.reduced:
        pytest.skip("System V's objects would be the host's, and are refused")
    mib = 1024 * 1024
    if "cgroup" not in bench.sandbox.isolation:
        pytest.skip("needs a control group: without one, shared memory is refused")
    for _ in range(2):
        assert (await bench.c(SHARED_MEMORY, memory=24 * mib)).memory >= 16 * mib
        killed = await bench.c(SHARED_MEMORY, b"wait", memory=24 * mib, wall_time=timedelta(milliseconds=200))
        assert (killed.first_limit, killed.memory >= 16 * mib) == (Limit.WALL_TIME, True)
        after = await bench.shell("true", memory=20 * mib)
        assert after.succeeded, after
        assert after.memory < 8 * mib


async def test_identifiers_of_system_v_do_not_tell_of_earlier_runs(bench: Bench) -> None:
    if bench.reduced or "cgroup" not in bench.sandbox.isolation:
        pytest.skip("System V's objects would be the host's, or counted by nobody, and are refused")
    source = """
    #include <sys/shm.h>
    int main(void) { printf("%d\\n", shmget(IPC_PRIVATE, 1, 0600)); return 0; }"""
    first, second = [(await bench.c(source)).stdout_head for _ in range(2)]
    assert first == second != b"-1\n"


async def test_sockets_are_of_the_own_processes_alone(bench: Bench) -> None:
    execution = await bench.c("""
    #include <sys/socket.h>
    int main(void) {
        int pair[2];
        for (int family = 0; family < 50; family++) {
            if (socket(family, SOCK_STREAM, 0) >= 0 || errno != EAFNOSUPPORT) printf("socket %d\\n", family);
            if (socketpair(family, SOCK_DGRAM, 0, pair) >= 0 || errno != EAFNOSUPPORT) printf("pair %d\\n", family);
        }
        return 0;
    }""")
    assert execution.stdout_head == (b"" if bench.reduced else b"socket 1\npair 1\n"), execution


async def test_orders_to_the_kernel_about_the_group_are_refused(bench: Bench) -> None:
    execution = await bench.shell("cat /proc/self/cgroup; ls /sys/fs/cgroup")
    assert b"proba" not in execution.stdout_head
