"""The table of docs/languages.md: ``python -m benchmarks.languages`` compiles and runs each reference program here.

Times are cpu time as the sandbox accounts it, the lowest of three runs; memory is the peak of the whole process tree.
"""

import asyncio

from infrastructure.languages.catalogue import FolderCatalogue
from infrastructure.languages.host_toolchain import HostToolchain
from infrastructure.languages.host_toolchains import HostToolchains
from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.settings import SandboxSettings
from tests.integration.languages.judging import MIB, Trial, judge_program

RUNS = 3


async def main() -> None:
    """Print the table as Markdown."""
    catalogue = FolderCatalogue()
    toolchains = HostToolchains.detect(catalogue)
    binds = tuple(str(path) for path in toolchains.binds())
    async with LauncherPool(SandboxSettings(slots=1, binds=binds)) as pool:
        print(f"Isolation: {pool.isolation}\n")
        print("| id | toolchain | Debian packages | × time | + memory | compile, s | MiB | run, s | MiB |")
        print("|---|---|---|---|---|---|---|---|---|")
        for id_, toolchain in toolchains.available().items():
            program = catalogue.entries[id_].reference_program()
            trials = [
                await judge_program(pool, toolchain, {program.name: program.content}, catalogue.reference_input())
                for _ in range(RUNS)
            ]
            ok = all(trial.stdout == catalogue.reference_output() for trial in trials)
            packages = " ".join(catalogue.entries[id_].file.toolchain[0].packages)
            print(_row(toolchain, packages, trials) + ("" if ok else " **FAILED**"))


def _row(toolchain: HostToolchain, packages: str, trials: list[Trial]) -> str:
    compiles = [trial.compile for trial in trials if trial.compile]
    runs = [trial.execution for trial in trials if trial.execution]
    cells = [
        f"`{toolchain.language.id}`",
        toolchain.language.version,
        packages,
        f"{toolchain.time_factor:g}",
        f"{toolchain.memory_addition // MIB} MiB" if toolchain.memory_addition else "",
        f"{min(each.cpu_time for each in compiles).total_seconds():.2f}" if compiles else "",
        f"{max(each.memory for each in compiles) / MIB:.0f}" if compiles else "",
        f"{min(each.cpu_time for each in runs).total_seconds():.3f}" if runs else "",
        f"{max(each.memory for each in runs) / MIB:.1f}" if runs else "",
    ]
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    asyncio.run(main())
