"""Child processes that end with their parent, and the orphans of parents that were killed."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

PROC = Path("/proc")
_PR_SET_PDEATHSIG = 1
_POLL_SECONDS = 0.02


def dies_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """For ``Popen(preexec_fn=…)``: the kernel sends ``number`` when the thread that started the child ends, be it by
    SIGKILL. None where the kernel has no such thing.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl  # looked up before the fork: little may be done after it
    parent = os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return ask


def is_alive(pid: int) -> bool:
    """Whether a process has this id and is not a zombie."""
    try:
        return PROC.joinpath(str(pid), "stat").read_bytes().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    except OSError:
        return False if PROC.joinpath("self").exists() else _answers(pid)


def command_line(pid: int) -> list[str]:
    """Its arguments; empty when it is gone or the system does not tell."""
    try:
        return [os.fsdecode(part) for part in PROC.joinpath(str(pid), "cmdline").read_bytes().split(b"\0")]
    except OSError:
        return []


def with_environment(entry: str) -> list[int]:
    """The ids of all processes but this one whose environment holds ``entry`` ("NAME=value")."""
    wanted, found = os.fsencode(entry), []
    for directory in PROC.glob("[0-9]*"):
        pid = int(directory.name)
        try:
            if pid != os.getpid() and wanted in (directory / "environ").read_bytes().split(b"\0"):
                found.append(pid)
        except OSError:
            continue  # gone, or another user's
    return found


def stop(pids: Iterable[int], *steps: tuple[signal.Signals, float]) -> list[int]:
    """Send each step's signal to those that still live and give them its seconds; the ids that outlived them all."""
    left = [pid for pid in pids if is_alive(pid)]
    for number, seconds in steps:
        for pid in left:
            _send(pid, number)
        deadline = time.monotonic() + seconds
        while left and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
            left = [pid for pid in left if is_alive(pid)]
    return left


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
