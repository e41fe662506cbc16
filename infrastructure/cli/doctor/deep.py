"""``--deep``: the sandbox's own trials, and a program judged in every language that was found."""

import asyncio
import sys
from dataclasses import replace
from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from application.contents import BytesContent
from application.judging.compilation import compile_sources
from application.sandbox import Command, Sandbox
from domain.problems.entities import ProblemLimits
from domain.submissions.limits import effective_limits
from infrastructure.cli.doctor.check import WORKER, Check, off, on
from infrastructure.cli.preflight import one_slot
from infrastructure.config import Config
from infrastructure.languages.catalogue import FolderCatalogue
from infrastructure.languages.host_toolchain import HostToolchain
from infrastructure.languages.host_toolchains import HostToolchains
from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.selftest import selftest
from infrastructure.sandbox.trials import SCENES, TRIALS

DEEP_SECONDS = 600.0
PROGRAM_LIMITS = ProblemLimits(cpu_time=timedelta(seconds=5))
MAX_OUTPUT = 64 * 1024


def _progress() -> Progress:
    """On standard error, and only where somebody looks."""
    columns = (TextColumn("{task.description:32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())


def try_sandbox(config: Config) -> tuple[Check, ...]:
    """Limits, isolation and clean-up, each with a program that tries it."""
    complaints: list[str] = []
    count = 0
    with _progress() as progress:
        task = progress.add_task("the sandbox", total=len(TRIALS) + len(SCENES))

        def report(name: str, complaint: str, seconds: float) -> None:
            nonlocal count
            count += 1
            progress.update(task, advance=1, description=f"{name} ({seconds:.1f} s)")
            if complaint:
                complaints.append(f"{name}: {complaint}")

        asyncio.run(selftest(one_slot(config), report))
    if complaints:
        why = f"{len(complaints)} of {count} trials went wrong: " + "\n".join(complaints)
        return (off("sandbox.selftest", why, "python -m infrastructure.sandbox.selftest shows each", WORKER),)
    return (on("sandbox.selftest", f"{count} trials went well", WORKER),)


def judge_references(config: Config, toolchains: HostToolchains) -> tuple[Check, ...]:
    """The catalogue's own program of each language, compiled and run in the sandbox."""
    return asyncio.run(_judge_references(config, toolchains))


async def _judge_references(config: Config, toolchains: HostToolchains) -> tuple[Check, ...]:
    catalogue = FolderCatalogue()
    binds = tuple(str(path) for path in toolchains.binds())
    checks = []
    with _progress() as progress:
        task = progress.add_task("languages", total=len(toolchains.available()))
        async with LauncherPool(replace(one_slot(config), binds=binds)) as pool:
            for id_, toolchain in toolchains.available().items():
                progress.update(task, description=str(id_))
                async with pool.slot() as sandbox:
                    complaint = await _judge(sandbox, catalogue, toolchain)
                check_id = f"toolchains.{id_}-program"
                checks.append(
                    off(check_id, complaint, f"apt-get install --reinstall {' '.join(toolchain.packages)}")
                    if complaint
                    else on(check_id, "the reference program is right")
                )
                progress.update(task, advance=1)
    return tuple(checks)


async def _judge(sandbox: Sandbox, catalogue: FolderCatalogue, toolchain: HostToolchain) -> str:
    """What is wrong; "" when nothing is."""
    program = catalogue.entries[toolchain.language.id].reference_program()
    limits = effective_limits(
        PROGRAM_LIMITS, time_factor=toolchain.time_factor, memory_addition=toolchain.memory_addition
    )
    compiled = await compile_sources(sandbox, toolchain, (program,), limits, max_output=MAX_OUTPUT)
    if compiled.program is None:
        return f"does not compile: {compiled.message}"[:1000]
    try:
        await sandbox.load(compiled.program.artefacts)
    finally:
        compiled.program.close()
    build = compiled.program.build
    outcome = await sandbox.run(
        Command(
            argv=build.run_argv,
            env=build.run_env,
            limits=limits,
            stdin=BytesContent(catalogue.reference_input()),
            address_space=toolchain.address_space,
        )
    )
    try:
        with outcome.stdout.open() as reader:
            right = reader.read() == catalogue.reference_output()
    finally:
        outcome.close()
        await sandbox.load(())
    if not outcome.execution.succeeded:
        return f"did not end well: {outcome.execution}"[:1000]
    return "" if right else "gave a wrong answer"
