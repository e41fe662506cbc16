"""Gateway to the sandbox: a slot of the worker in which one untrusted program runs at a time."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import BinaryIO, Protocol

from domain.runs.entities import Execution, Limits


class SandboxFailure(Exception):
    """The sandbox itself failed: our fault, never the program's. The job is retried."""


class Content(Protocol):
    """Bytes that may be too many to hold in memory; readable any number of times until closed."""

    @property
    def size(self) -> int:
        """In bytes."""

    def open(self) -> BinaryIO:
        """A fresh, unbuffered-position reader from the start; the caller closes it."""

    def close(self) -> None:
        """Give back what holds the bytes; safe to call twice."""


@dataclass(frozen=True, slots=True)
class BoxFile:
    """A file placed into the box before a run; ``name`` is a relative path without ``..`` ('Main.java', 'lib/a.h')."""

    name: str
    content: Content
    executable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One run. ``argv[0]`` is an absolute path as seen inside; the working directory is the fresh, writable box.

    ``stdin`` None is an empty input. ``files`` are copied into the box first. ``collect`` are shell globs (fnmatch,
    never crossing "..") of regular files to be taken out of the box after a run that succeeded, or with
    ``collect_always`` after one that exited with whatever code; at most ``collect_size`` bytes in all.
    ``kill_cpu_factor``: the run is ended at this multiple of its cpu limit, so that a program just over it is seen for
    what it is.
    """

    argv: tuple[str, ...]
    limits: Limits
    env: Mapping[str, str] = field(default_factory=dict)
    stdin: Content | None = None
    files: tuple[BoxFile, ...] = ()
    collect: tuple[str, ...] = ()
    collect_size: int = 256 * 1024 * 1024
    collect_always: bool = False
    kill_cpu_factor: float = 1.0
    address_space: bool = True
    """Whether RLIMIT_AS may stand in for memory accounting where there is no cgroup (False for managed runtimes)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run left behind. The owner closes ``stdout``, ``stderr`` and the artefacts.

    ``collect_overflow``: there was more to collect than ``collect_size``, so nothing was. ``ended_at``: when the
    program ended, by the machine's monotonic clock: of two that talked, it tells which was first.
    """

    execution: Execution
    stdout: Content
    stderr: Content
    artefacts: tuple[BoxFile, ...] = ()
    collect_overflow: bool = False
    ended_at: timedelta = timedelta()

    def close(self) -> None:
        """Give everything back."""
        self.stdout.close()
        self.stderr.close()
        for artefact in self.artefacts:
            artefact.content.close()


@dataclass(frozen=True, slots=True)
class Wire:
    """A pipe from one participant's descriptor to another's: (participant, descriptor).

    Participants count from 0. 1 is stdout, 0 is stdin; others are from 3 on, without a gap in what one participant has:
    a program opens them as /dev/fd/3.
    """

    source: tuple[int, int]
    target: tuple[int, int]


Grace = Callable[[int, Outcome], timedelta | None]
"""Of the participant that has ended, and its outcome."""
LINGER = timedelta(milliseconds=40)
"""Longer than ``domain.runs.first_end.TOLERANCE`` and an inexact clock together."""


class Sandbox(Protocol):
    """One slot: resident, pinned to a core, running one program at a time."""

    @property
    def isolation(self) -> str:
        """The layers that are on, joined by "+": "namespaces+cgroup2+seccomp"."""

    async def load(self, artefacts: tuple[BoxFile, ...]) -> None:
        """Replace what programs see read-only at /app; an empty tuple clears it."""

    async def run(self, command: Command) -> Outcome:
        """Run one program to its end. Cancelling the task kills the run first.

        Raises SandboxFailure when the sandbox could not do its work; a launcher that died has then been replaced (and
        /app is empty again).
        """

    def companion(self, number: int) -> "Sandbox":
        """Another box of the same slot, from 1 on: for who talks to the program, or checks it. It shares the slot's
        core, and nothing else. Its /app is empty when the slot is taken.
        """

    async def converse(
        self,
        commands: Sequence[Command],
        wires: Sequence[Wire],
        grace: Grace | None = None,
        lingering: Collection[int] = (),
    ) -> tuple[Outcome, ...]:
        """Run programs that talk over pipes, each under its own limits: the first in this box, the others in the
        companions 1, 2, …; what each may find at /app was loaded before.

        Whoever dies, the others see the end of their input, and SIGPIPE when they write. ``grace`` is asked at each end
        how long the others may go on before they are ended (CANCELLED); None, or never asked: until their own limits.
        What goes through a wire is bounded by its reader and the limits of time alone, and is no part of an outcome.

        ``lingering``: participants whose wires outlast them. The others see the end of their input, or SIGPIPE, after
        the whole run has ended, and when it did not end well a moment later still (LINGER): so an end of theirs that
        was noticed before is no consequence. Closing a descriptor alone then shows nothing to the others.

        Raises ValueError for wires that do not fit, SandboxFailure as ``run`` does (then all have ended).
        """


class SandboxPool(Protocol):
    """The slots of this worker."""

    @property
    def slots(self) -> int:
        """How many programs may run at the same time."""

    @property
    def isolation(self) -> str:
        """The layers that are on in every slot."""

    def slot(self) -> AbstractAsyncContextManager[Sandbox]:
        """Wait for a free slot and hold it; /app is empty and the launcher alive on entry. Raises SandboxFailure."""


class SelfTest(Protocol):
    """Runs programs whose end is known. What is wrong, with the trial's name; "" when nothing is. Never raises."""

    async def whole(self) -> str:
        """Every slot, once all of them are free."""

    async def of(self, sandbox: Sandbox) -> str:
        """A slot that the caller holds."""
