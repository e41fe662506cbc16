"""From sources to a program, in the sandbox."""

from dataclasses import dataclass

from application.contents import BytesContent
from application.languages.toolchains import Build, Toolchain
from application.sandbox import BoxFile, Command, Content, Outcome, Sandbox
from domain.exceptions import Invalid
from domain.runs.entities import Limits, SourceFile
from domain.runs.enums import Ending
from domain.submissions.entities import CompileResult
from domain.submissions.verdicts import limit_sentence, signal_text


@dataclass(frozen=True, slots=True)
class Program:
    """What runs: the artefacts go to /app, then ``build.run_argv`` starts them."""

    build: Build
    artefacts: tuple[BoxFile, ...]

    def close(self) -> None:
        """Give the artefacts back."""
        for artefact in self.artefacts:
            artefact.content.close()


@dataclass(frozen=True, slots=True)
class Compiled:
    """``program`` None: a compile error, which ``message`` tells in a sentence. ``result`` None: nothing to compile."""

    program: Program | None
    result: CompileResult | None
    message: str = ""


async def compile_sources(
    sandbox: Sandbox,
    toolchain: Toolchain,
    sources: tuple[SourceFile, ...],
    limits: Limits,
    max_output: int,
    main: str | None = None,
) -> Compiled:
    """Compile under the toolchain's own limits. A compiler that fails, eats memory, loops or floods is a compile error.
    ``main``: the file (or Java class) to start with, where that is known.

    Raises SandboxFailure.
    """
    try:
        build = toolchain.build(sources, limits, main)
    except Invalid as error:
        return Compiled(None, None, str(error))
    files = tuple(BoxFile(s.name, BytesContent(s.content)) for s in build.sources)
    if build.compile_argv is None:
        return Compiled(Program(build, files), None)
    outcome = await sandbox.run(
        Command(
            argv=build.compile_argv,
            env=build.compile_env,
            limits=build.compile_limits,
            files=files,
            collect=build.collect,
            address_space=toolchain.address_space,
        )
    )
    try:
        result = CompileResult(
            exit_code=outcome.execution.exit_code,
            output=_printed(outcome, max_output),
            cpu_time=outcome.execution.cpu_time,
            wall_time=outcome.execution.wall_time,
            memory=outcome.execution.memory,
        )
        complaint = _complaint(outcome, build.compile_limits)
        if complaint:
            for artefact in outcome.artefacts:
                artefact.content.close()
            return Compiled(None, result, complaint)
        return Compiled(Program(build, outcome.artefacts), result)
    finally:
        outcome.stdout.close()
        outcome.stderr.close()


def _complaint(outcome: Outcome, limits: Limits) -> str:
    execution = outcome.execution
    if execution.first_limit is not None:
        return "the compiler: " + limit_sentence(execution.first_limit, execution, limits)
    if execution.ending is Ending.SIGNALED and execution.signal is not None:
        return f"the compiler was killed by {signal_text(execution.signal)}"
    if execution.exit_code != 0:
        return f"the compiler exited with code {execution.exit_code}"
    if not outcome.artefacts:
        return "the compiler left no program behind"
    return ""


def _printed(outcome: Outcome, max_output: int) -> str:
    """Standard error first: that is where most compilers complain."""
    parts = [part for part in (_head(outcome.stderr, max_output), _head(outcome.stdout, max_output)) if part]
    return "\n".join(parts)[:max_output]


def _head(content: Content, size: int) -> str:
    with content.open() as reader:
        data = reader.read(size)
    text = data.decode(errors="replace").replace("\0", "�").rstrip()
    return text + "\n[…]" if content.size > size else text
