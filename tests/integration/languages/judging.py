"""Compiling and running one program as the worker does it, without database and queue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from application.contents import BytesContent
from application.judging.compilation import compile_sources
from application.sandbox import Command, SandboxPool
from domain.problems.entities import ProblemLimits
from domain.runs.entities import Execution, SourceFile
from domain.submissions.entities import CompileResult
from domain.submissions.limits import effective_limits
from domain.submissions.verdicts import Judgement, judge_execution
from infrastructure.languages.host_toolchain import HostToolchain

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """``execution`` and ``stdout`` are None after a compile error; ``judgement`` is None when it ended well."""

    compile: CompileResult | None
    complaint: str = ""
    execution: Execution | None = None
    judgement: Judgement | None = None
    stdout: bytes | None = None


async def judge_program(
    pool: SandboxPool,
    toolchain: HostToolchain,
    sources: Mapping[str, str | bytes],
    stdin: bytes = b"",
    memory: int | None = None,
) -> Trial:
    """Compile, load, run once under the limits that a problem with 5 s of cpu time gives the language."""
    limits = effective_limits(
        ProblemLimits(cpu_time=timedelta(seconds=5), memory=memory),
        time_factor=toolchain.time_factor,
        memory_addition=toolchain.memory_addition,
    )
    files = tuple(SourceFile(name, text.encode() if isinstance(text, str) else text) for name, text in sources.items())
    async with pool.slot() as sandbox:
        compiled = await compile_sources(sandbox, toolchain, files, limits, max_output=64 * 1024)
        if compiled.program is None:
            return Trial(compile=compiled.result, complaint=compiled.message)
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
                stdin=BytesContent(stdin),
                kill_cpu_factor=1.25,
                address_space=toolchain.address_space,
            )
        )
    try:
        with outcome.stdout.open() as reader:
            return Trial(
                compile=compiled.result,
                execution=outcome.execution,
                judgement=judge_execution(outcome.execution, limits, toolchain.memory_exhaustion),
                stdout=reader.read(),
            )
    finally:
        outcome.close()
