"""The sandbox alone, from the worker's own asyncio client."""

import asyncio
import shutil
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from application.contents import BytesContent
from application.sandbox import BoxFile, Command, Sandbox
from benchmarks.bare import NO_OP, bare_runs, compile_c
from benchmarks.comparing import compare, try_out
from benchmarks.figures import Comparison, Figure, paired
from benchmarks.peers import AbsentPeer, Peer, find_peers
from domain.problems.entities import ProblemLimits
from domain.submissions.limits import effective_limits
from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.settings import SandboxSettings

PYTHON = "/usr/bin/python3"
ROUNDS = 3
"""Of two slots, then two bare loops."""


@dataclass(frozen=True, slots=True)
class SandboxFigures:
    """``isolation``: the layers that were on."""

    isolation: str
    figures: list[Figure]
    comparisons: list[Comparison]
    absent: list[AbsentPeer]


async def measure(directory: Path, runs: int) -> SandboxFigures:
    """Raises TimedRunsFailed when a peer stops doing its job, SandboxFailure when ours does not."""
    no_op = compile_c(NO_OP, directory / "noop")
    found = await asyncio.to_thread(lambda: try_out(find_peers(), directory, [str(no_op)]))
    peers = [peer for peer in found if isinstance(peer, Peer)]
    jobs = [("no-op", ["/app/main"], [str(no_op)], runs)]
    if shutil.which(PYTHON):
        jobs.append(("python3 -c pass", [PYTHON, "-c", "pass"], [PYTHON, "-c", "pass"], runs // 3))
    figures: list[Figure] = []
    comparisons: list[Comparison] = []
    async with LauncherPool(SandboxSettings(slots=2)) as pool:
        async with pool.slot() as sandbox:
            await sandbox.load(_artefacts(no_op))
            for job, argv, bare_argv, count in jobs:
                ours = partial(_run, sandbox, _command(argv))
                # what we promise is against bare alone: peers leave work to the kernel (a network namespace each run)
                _, alone = await compare(job, ours, pool.isolation, (), directory, bare_argv, count)
                figures.append(_figure(alone))
                if peers:
                    comparisons += await compare(job, ours, pool.isolation, peers, directory, bare_argv, count // 2)
            figures.insert(1, await _after_idling(sandbox, directory, str(no_op), runs // 5))
        figures += await _in_parallel(pool, directory, no_op, runs)
        return SandboxFigures(
            pool.isolation, figures, comparisons, [peer for peer in found if isinstance(peer, AbsentPeer)]
        )


def _figure(own: Comparison) -> Figure:
    return Figure(
        name=f"{own.job}, sandboxed",
        value=own.median,
        unit="s",
        ratio=own.to_bare,
        of="bare exec",
        p95=own.p95,
        runs=own.runs,
    )


def _artefacts(program: Path) -> tuple[BoxFile, ...]:
    return (BoxFile("main", BytesContent(program.read_bytes()), executable=True),)


def _command(argv: list[str]) -> Command:
    return Command(argv=tuple(argv), limits=effective_limits(ProblemLimits()), env={"PATH": "/usr/bin:/bin"})


async def _run(sandbox: Sandbox, command: Command) -> float:
    start = time.perf_counter()
    outcome = await sandbox.run(command)
    took = time.perf_counter() - start
    outcome.close()
    if not outcome.execution.succeeded:
        raise RuntimeError(f"the run did not end well: {outcome.execution}")
    return took


async def _after_idling(sandbox: Sandbox, directory: Path, no_op: str, runs: int) -> Figure:
    """A cgroup that must be attached to after a gap would wait for the kernel here."""
    command, measured, base = _command(["/app/main"]), [], []
    gap = timedelta(milliseconds=60).total_seconds()
    with bare_runs(directory, [no_op]) as bare:
        for _ in range(runs):
            await asyncio.sleep(gap)
            measured.append(await _run(sandbox, command))
            await asyncio.sleep(gap)
            base.append(bare.run())
    return paired("no-op, sandboxed, after 60 ms of idling", measured, base, "bare exec")


async def _in_parallel(pool: LauncherPool, directory: Path, no_op: Path, runs: int) -> list[Figure]:
    """Runs a second with two slots, beside two bare loops, each a process that needs nobody to drive it."""
    command = _command(["/app/main"])

    async def slot_loop() -> None:
        async with pool.slot() as sandbox:
            await sandbox.load(_artefacts(no_op))
            for _ in range(runs):
                await _run(sandbox, command)

    sandboxed = plain = 0.0
    with bare_runs(directory, [str(no_op)]) as first, bare_runs(directory, [str(no_op)]) as second:
        for _ in range(ROUNDS):
            start = time.perf_counter()
            await asyncio.gather(slot_loop(), slot_loop())
            sandboxed += time.perf_counter() - start
            start = time.perf_counter()
            for loop in (first, second):
                loop.start(runs)
            for loop in (first, second):
                loop.took()
            plain += time.perf_counter() - start
    total = 2 * runs * ROUNDS
    return [
        Figure(name="bare no-ops, two at a time", value=total / plain, unit="runs/s", runs=total),
        Figure(
            name="sandboxed no-ops, two slots",
            value=total / sandboxed,
            unit="runs/s",
            ratio=sandboxed / plain,
            of="bare, two at a time",
            runs=total,
        ),
    ]
