"""Programs whose end is known, to try a sandbox with. They need nothing but /bin/sh and the usual commands."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from application.contents import BytesContent
from application.sandbox import BoxFile, Command, Outcome, Sandbox
from domain.runs.entities import Execution, Limits
from domain.runs.enums import Ending, Limit

MIB = 1 << 20
LIMITS = Limits(
    cpu_time=timedelta(seconds=1),
    wall_time=timedelta(seconds=20),  # nothing of it is used up, unless the machine is very busy
    memory=64 * MIB,
    output=MIB,
    processes=16,
    stack=8 * MIB,
    file_size=16 * MIB,
    open_files=64,
)
ENV = {"PATH": "/usr/local/bin:/usr/bin:/bin"}


@dataclass(frozen=True, slots=True)
class Trial:
    """One program and what must become of it."""

    name: str
    script: str
    good: Callable[[Execution], bool]
    limits: Limits = LIMITS
    stdin: bytes = b""
    files: tuple[BoxFile, ...] = ()
    reduced: bool = True
    """Whether the level of landlock promises it too."""
    brief: bool = True
    """Whether a worker tries it each time that it starts."""


def _killed(limit: Limit) -> Callable[[Execution], bool]:
    return lambda e: e.ending is Ending.KILLED and e.first_limit is limit


def _prints(text: bytes) -> Callable[[Execution], bool]:
    return lambda e: e.succeeded and e.stdout_head == text and e.memory > 0


# a shell that doubles a string until memory runs out is a bomb that needs no compiler
_BOMB = "x=0123456789abcdef; while :; do x=$x$x; done"
_SHORT = replace(LIMITS, cpu_time=timedelta(seconds=0.1))
_BRIEF = replace(LIMITS, wall_time=timedelta(seconds=0.3))
# toolchains that lie below /root or /var are bound, so that these are there, with nothing else in them
_LOOK = "cat /etc/shadow /root/.bash* /root/.profile; ls /sys /boot /var/log /etc/ssh /root/.ssh /home/*/.ssh"
_WRITE = "for f in /usr/x /etc/x /app/x /dev/x /x; do (: > $f) 2> /dev/null && exit; done; exit 5"
TRIALS = (
    Trial("a program runs", "echo out; echo err >&2", lambda e: e.succeeded and e.stderr_head == b"err\n"),
    Trial("exit code", "exit 7", lambda e: e.ending is Ending.EXITED and e.exit_code == 7),
    Trial("signal", "kill -SEGV $$", lambda e: e.ending is Ending.SIGNALED and e.signal == 11),
    Trial("stdin", "cat", _prints(b"input"), stdin=b"input"),
    Trial(
        "large stdin",
        "wc -c",
        lambda e: e.succeeded and e.stdout_head.strip() == b"5242880",
        stdin=bytes(5 * MIB),
        brief=False,
    ),
    Trial("stdin left unread", "exit 0", lambda e: e.succeeded, stdin=bytes(5 * MIB), brief=False),
    Trial("files in the box", "cat lib/a", _prints(b"text"), files=(BoxFile("lib/a", BytesContent(b"text")),)),
    Trial("cpu limit", "while :; do :; done", _killed(Limit.CPU_TIME), _SHORT),
    Trial(
        "cpu limit of children",
        "(while :; do :; done) & (while :; do :; done) & wait",
        _killed(Limit.CPU_TIME),
        _SHORT,
        brief=False,
    ),
    Trial(
        "wall limit",
        "sleep 30",
        _killed(Limit.WALL_TIME),
        replace(LIMITS, wall_time=timedelta(seconds=0.1)),
    ),
    Trial(
        "memory limit",
        _BOMB,
        # without a group a failing malloc may come first
        lambda e: e.first_limit is Limit.MEMORY or (not e.succeeded and "cgroup" not in e.isolation),
    ),
    Trial("output limit", "yes", _killed(Limit.OUTPUT)),
    Trial("output limit on stderr", "yes >&2", _killed(Limit.OUTPUT)),
    Trial("process limit", "f() { f | f & }; f; wait; sleep 9", lambda e: not e.succeeded, _BRIEF, brief=False),
    Trial("file size limit", "exec head -c 99999999 /dev/zero > f", lambda e: e.signal == 25, brief=False),
    Trial("orphans end", "(sleep 60 &); exit 0", lambda e: e.succeeded and e.wall_time.total_seconds() < 20),
    Trial("host's files are absent", _LOOK, lambda e: e.stdout_size == 0),
    Trial(
        "nothing to write to",
        _WRITE,
        lambda e: e.exit_code == 5,
    ),
    Trial("own processes only", "ls /proc | grep -c '^[0-9]'", lambda e: int(e.stdout_head) <= 5),
    Trial("no network", "grep -c : /proc/net/dev", _prints(b"1\n"), reduced=False),
    Trial("host name", "cat /proc/sys/kernel/hostname", _prints(b"proba\n"), reduced=False),
    Trial("no capabilities", "exec grep CapEff /proc/self/status", _prints(b"CapEff:\t0000000000000000\n")),
    Trial("seccomp", "exec grep Seccomp: /proc/self/status", _prints(b"Seccomp:\t2\n")),
    Trial("no mounting", "mount -t tmpfs x /tmp || exit 5", lambda e: e.exit_code == 5),
)


async def _collects(sandbox: Sandbox) -> str:
    script = "printf '#!/bin/sh\necho from app' > program; chmod +x program; ln -s /etc/passwd link"
    outcome = await _run(sandbox, Trial("", script, bool), collect=("*",))
    try:
        if [a.name for a in outcome.artefacts] != ["program"]:
            return f"collected {[a.name for a in outcome.artefacts]}"
        await sandbox.load(outcome.artefacts)
        loaded = await _run(sandbox, Trial("", "/app/program; echo x > /app/program", bool))
        loaded.close()
        if loaded.execution.stdout_head != b"from app\n" or loaded.execution.exit_code == 0:
            return f"/app: {loaded.execution}"
        return ""
    finally:
        outcome.close()
        await sandbox.load(())


async def _leaves_nothing(sandbox: Sandbox) -> str:
    (await _run(sandbox, Trial("", "touch /box/x /tmp/x", bool))).close()
    outcome = await _run(sandbox, Trial("", "ls -A /box; ls -A /tmp", bool))
    outcome.close()
    return outcome.execution.stdout_head.decode()


async def _cancels(sandbox: Sandbox) -> str:
    sleeper = Trial("", "sleep 60 & sleep 60", bool, replace(LIMITS, wall_time=timedelta(seconds=70)))
    task = asyncio.ensure_future(_run(sandbox, sleeper))
    await asyncio.sleep(0.1)
    started = time.monotonic()
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        took = time.monotonic() - started
        return "" if took < 1 else f"took {took:.2f} s"
    return "was not cancelled"


SCENES: tuple[tuple[str, Callable[[Sandbox], Awaitable[str]]], ...] = (
    ("artefacts move to /app", _collects),
    ("nothing is left of a run", _leaves_nothing),
    ("cancelling", _cancels),
)


async def _run(sandbox: Sandbox, trial: Trial, collect: tuple[str, ...] = ()) -> Outcome:
    return await sandbox.run(
        Command(
            argv=("/bin/sh", "-c", trial.script),
            limits=trial.limits,
            env=ENV,
            stdin=BytesContent(trial.stdin),
            files=trial.files,
            collect=collect,
        )
    )


async def attempt(sandbox: Sandbox, trial: Trial) -> str:
    """What is wrong with how it ended; "" when nothing is. Raises SandboxFailure."""
    outcome = await _run(sandbox, trial)
    outcome.close()
    try:
        good = trial.good(outcome.execution)
    except ValueError:
        good = False
    return "" if good else str(outcome.execution)
