"""The sandbox alone, from the worker's own asyncio client."""

import asyncio
import shutil
import time
from datetime import timedelta
from pathlib import Path

from application.contents import BytesContent
from application.sandbox import BoxFile, Command, Sandbox
from benchmarks.bare import NO_OP, Bare, compile_c
from benchmarks.figures import Figure, paired
from domain.problems.entities import ProblemLimits
from domain.submissions.limits import effective_limits
from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.settings import SandboxSettings

PYTHON = "/usr/bin/python3"
WARM_UP = 20


async def measure(directory: Path, runs: int) -> tuple[str, list[Figure]]:
    """The layers that were on, and the figures."""
    no_op = compile_c(NO_OP, directory / "noop")
    async with LauncherPool(SandboxSettings(slots=2)) as pool:
        async with pool.slot() as sandbox:
            await sandbox.load(_artefacts(no_op))
            figures = [
                await _interleaved(sandbox, directory, "no-op, sandboxed", ["/app/main"], [str(no_op)], runs),
                await _after_idling(sandbox, directory, str(no_op), runs // 5),
            ]
            if shutil.which(PYTHON):
                python = [PYTHON, "-c", "pass"]
                figures.append(
                    await _interleaved(sandbox, directory, "python3 -c pass, sandboxed", python, python, runs // 3)
                )
        figures += await _in_parallel(pool, directory, no_op, runs)
        return pool.isolation, figures


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


async def _interleaved(
    sandbox: Sandbox, directory: Path, name: str, argv: list[str], bare_argv: list[str], runs: int
) -> Figure:
    command, measured, base = _command(argv), [], []
    with Bare(directory, bare_argv) as bare:
        for index in range(runs + WARM_UP):
            sandboxed, plain = await _run(sandbox, command), bare.run()
            if index >= WARM_UP:
                measured.append(sandboxed)
                base.append(plain)
    return paired(name, measured, base, "bare exec")


async def _after_idling(sandbox: Sandbox, directory: Path, no_op: str, runs: int) -> Figure:
    """A cgroup that must be attached to after a gap would wait for the kernel here."""
    command, measured, base = _command(["/app/main"]), [], []
    gap = timedelta(milliseconds=60).total_seconds()
    with Bare(directory, [no_op]) as bare:
        for _ in range(runs):
            await asyncio.sleep(gap)
            measured.append(await _run(sandbox, command))
            await asyncio.sleep(gap)
            base.append(bare.run())
    return paired("no-op, sandboxed, after 60 ms of idling", measured, base, "bare exec")


async def _in_parallel(pool: LauncherPool, directory: Path, no_op: Path, runs: int) -> list[Figure]:
    """Runs a second with two slots, beside two bare loops."""
    command = _command(["/app/main"])

    async def slot_loop() -> None:
        async with pool.slot() as sandbox:
            await sandbox.load(_artefacts(no_op))
            for _ in range(runs):
                await _run(sandbox, command)

    start = time.perf_counter()
    await asyncio.gather(slot_loop(), slot_loop())
    sandboxed = 2 * runs / (time.perf_counter() - start)
    with Bare(directory, [str(no_op)]) as first, Bare(directory, [str(no_op)]) as second:

        def bare_loop(bare: Bare) -> None:
            for _ in range(runs):
                bare.run()

        start = time.perf_counter()
        await asyncio.gather(asyncio.to_thread(bare_loop, first), asyncio.to_thread(bare_loop, second))
        plain = 2 * runs / (time.perf_counter() - start)
    return [
        Figure(name="bare no-ops, two at a time", value=plain, unit="runs/s", runs=2 * runs),
        Figure(
            name="sandboxed no-ops, two slots",
            value=sandboxed,
            unit="runs/s",
            ratio=plain / sandboxed,
            of="bare, two at a time",
            runs=2 * runs,
        ),
    ]
