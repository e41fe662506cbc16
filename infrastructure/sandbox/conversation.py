"""Several boxes at once, joined by pipes.

The worker makes the pipes, hands each end to the launcher of the box that it belongs to, and closes its own: from then
on the programs alone hold them, so that the end of one is the end of the others' input. No byte goes through us.

Of a participant that lingers we keep a copy of each end of its wires until its run has ended: what its end causes in a
peer, by the end of input or SIGPIPE, cannot come before we know of the cause. Without that nobody can say which came
first: the kernel closes a dying process' pipes before it tells of the death, and the peer may be gone by then.
"""

import asyncio
import math
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Protocol

from application.sandbox import LINGER, Command, Grace, Outcome, Wire
from infrastructure.sandbox.protocol import PASSED_MAX

_STDIN, _STDOUT, _STDERR = 0, 1, 2


class Box(Protocol):
    """What a conversation needs of each participant's box."""

    async def open(self) -> None:
        """Have it ready. Raises SandboxFailure."""

    async def run_wired(self, command: Command, passed: Mapping[int, int], sent: Callable[[], None]) -> Outcome:
        """Run with descriptors of ours, and say when they have been handed over. Raises SandboxFailure."""

    def kill(self) -> None:
        """End the run."""


class _Ends:
    """Descriptors of pipes by participant and number, until they have been handed over."""

    def __init__(self, participants: int) -> None:
        self._of: list[dict[int, int]] = [{} for _ in range(participants)]
        self._lingering: dict[int, list[int]] = {}

    def connect(self, wires: Sequence[Wire], lingering: Collection[int]) -> None:
        """Make the pipes. Raises OSError when there are no more descriptors."""
        for wire in wires:
            reader, writer = os.pipe2(os.O_CLOEXEC)
            self._of[wire.source[0]][wire.source[1]] = writer
            self._of[wire.target[0]][wire.target[1]] = reader
            if wire.target[0] in lingering:  # the readers are closed first: who reads the end can write no more
                self._lingering.setdefault(wire.target[0], []).insert(0, os.dup(reader))
            if wire.source[0] in lingering:
                self._lingering.setdefault(wire.source[0], []).append(os.dup(writer))

    def of(self, participant: int) -> Mapping[int, int]:
        """Those that one participant gets."""
        return self._of[participant]

    def close(self, participant: int) -> None:
        """Ours of one participant's; twice does no harm."""
        for descriptor in self._of[participant].values():
            os.close(descriptor)
        self._of[participant] = {}

    def release(self, participant: int) -> None:
        """The copies of one that lingered; twice does no harm."""
        for descriptor in self._lingering.pop(participant, ()):
            os.close(descriptor)

    def release_after(self, participant: int, run: "asyncio.Task[Outcome]") -> None:
        """At once after a run that ended well, or else after a moment."""
        if not run.cancelled() and run.exception() is None and run.result().execution.succeeded:
            self.release(participant)
        else:
            asyncio.get_running_loop().call_later(LINGER.total_seconds(), self.release, participant)

    def close_all(self) -> None:
        """Whatever has not been handed over, or is still held."""
        for participant in range(len(self._of)):
            self.close(participant)
            self.release(participant)


async def converse(
    boxes: Sequence[Box],
    commands: Sequence[Command],
    wires: Sequence[Wire],
    grace: Grace | None,
    lingering: Collection[int] = (),
) -> tuple[Outcome, ...]:
    """One command a box. Raises ValueError, SandboxFailure; then, and when cancelled, every program has ended."""
    check_wires(commands, wires)
    for box in boxes:
        await box.open()  # so that all start at about the same time
    ends = _Ends(len(commands))
    runs: list[asyncio.Task[Outcome]] = []
    try:
        ends.connect(wires, lingering)
        for number, (box, command) in enumerate(zip(boxes, commands, strict=True)):
            run = box.run_wired(command, ends.of(number), lambda number=number: ends.close(number))  # type: ignore[misc]
            runs.append(asyncio.create_task(run))
            runs[-1].add_done_callback(partial(ends.release_after, number))
        await _until_all_have_ended(boxes, runs, grace)
        return tuple([run.result() for run in runs])
    except BaseException:
        await _end(runs)
        raise
    finally:
        ends.close_all()


async def _until_all_have_ended(
    boxes: Sequence[Box], runs: Sequence[asyncio.Task[Outcome]], grace: Grace | None
) -> None:
    """Raises what a run has failed with."""
    clock = asyncio.get_running_loop().time
    until: float | None = None
    waiting = set(runs)
    while waiting:
        timeout = None if until is None else max(until - clock(), 0.0)
        done, waiting = await asyncio.wait(waiting, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        _raise_failures(done)
        if not done:
            for box, run in zip(boxes, runs, strict=True):
                if run in waiting:
                    box.kill()
            until, grace = None, None
        for number, run in enumerate(runs):
            given = grace(number, run.result()) if grace is not None and run in done else None
            if given is not None:
                until = min(until or math.inf, clock() + given.total_seconds())


def _raise_failures(runs: set[asyncio.Task[Outcome]]) -> None:
    for run in runs:
        run.result()


async def _end(runs: Sequence[asyncio.Task[Outcome]]) -> None:
    """Cancel what still runs, and give back what has ended."""
    for run in runs:
        run.cancel()
    for run in runs:
        with suppress(BaseException):  # the first failure is the one that is told
            (await run).close()


def check_wires(commands: Sequence[Command], wires: Sequence[Wire]) -> None:
    """Raises ValueError that says which wire does not fit."""
    taken: dict[int, set[int]] = {number: set() for number in range(len(commands))}
    for wire in wires:
        for (participant, number), forbidden in ((wire.source, _STDIN), (wire.target, _STDOUT)):
            if participant not in taken:
                raise ValueError(f"{wire}: there are participants 0 to {len(commands) - 1}")
            if number in (forbidden, _STDERR) or number < 0:
                raise ValueError(f"{wire}: descriptor {number} cannot be there")
            if number in taken[participant]:
                raise ValueError(f"{wire}: descriptor {number} of participant {participant} is wired twice")
            taken[participant].add(number)
    for participant, numbers in taken.items():
        extra = sorted(number for number in numbers if number > _STDERR)
        if len(numbers) > PASSED_MAX or extra != list(range(3, 3 + len(extra))):
            raise ValueError(
                f"participant {participant}: descriptors from 3 on need no gap, and are {PASSED_MAX} at most"
            )
        if _STDIN in numbers and commands[participant].stdin is not None:
            raise ValueError(f"participant {participant} has both an input and a wire to stdin")
