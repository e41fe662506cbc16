"""What a ``language.toml`` may say: every key, its meaning and its default. Unknown keys are errors."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt, model_validator

from infrastructure.languages.template import PLACEHOLDERS, placeholders

Argv = Annotated[tuple[str, ...], Field(min_length=1)]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*$")]
Placeholder = Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return text


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class CompileLimits(_Table):
    """What the compiler itself may use; the defaults are enough for every compiler of the catalogue."""

    cpu_time: PositiveFloat = 30.0
    """Seconds."""
    wall_time: PositiveFloat = 60.0
    """Seconds."""
    memory_mib: PositiveInt = 2048
    output_mib: PositiveInt = 16
    file_size_mib: PositiveInt = 512
    processes: PositiveInt = 128
    open_files: PositiveInt = 1024


class VersionTable(_Table):
    """How a toolchain is asked for its version. It is found only when the pattern matches what it prints."""

    argv: Argv
    stdin: str = ""
    pattern: Annotated[str, AfterValidator(_pattern)]
    """Matched against stdout and stderr together; its first group is the version."""


class CompileTable(_Table):
    """From the sources in the box to artefacts."""

    argv: Argv
    collect: Argv
    """Globs of the artefacts, or ``{files}``: all that was sent (a compile step that only checks)."""
    files: tuple[str, ...] = ()
    """Files of the language's folder that are put into the box beside the sources."""
    env: dict[str, str] = {}
    limits: CompileLimits = CompileLimits()


class RunTable(_Table):
    """From the artefacts in /app to a running program."""

    argv: Argv
    env: dict[str, str] = {}
    max_stack_mib: PositiveInt = 1024
    """The most that ``{stack_mib}`` and ``{stack_kib}`` become, whatever the problem's stack limit."""


class MemoryExhaustionTable(_Table):
    """How the runtime ends when memory has run out inside the limit."""

    exit_codes: tuple[int, ...] = ()
    stderr_marks: tuple[str, ...] = ()


class ToolchainTable(_Table):
    """One way to have the language on a machine; the first that is found is taken."""

    name: str
    """As people know it: 'GCC', 'OpenJDK'. The version shown is this and what the version's pattern finds."""
    packages: tuple[str, ...]
    """Debian packages that bring it; empty: Debian has it no more."""
    executables: dict[Placeholder, Argv]
    """Placeholder → names to look for, best first. All must be found."""
    version: VersionTable
    compile: CompileTable | None = None
    run: RunTable
    paths: tuple[Annotated[str, Field(pattern=r"^/")], ...] = ()
    """Host paths besides /usr that it reads (settings in /etc); those that exist are shown in the sandbox."""
    memory_exhaustion: MemoryExhaustionTable = MemoryExhaustionTable()
    address_space: bool = True
    """Whether RLIMIT_AS may stand in for memory accounting; false for runtimes that reserve more than they use."""


class LanguageFile(_Table):
    """A language of the catalogue."""

    id: Identifier
    name: str
    source_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.]+$")]
    """Of a single source that came without a name; also the first name looked for among several."""
    extensions: Argv
    """Without the dot, the usual one first. Files that end in none of them are no sources: they just lie in the box."""
    main: Literal["any", "named", "java"] = "any"
    """``any``: all sources make one program. ``named``: one source is started, chosen by ``main_names``.
    ``java``: the class with a main method is looked for, and files are named after their public class."""
    main_names: tuple[str, ...] = ()
    """Further names of the source that is started."""
    time_factor: PositiveFloat = 1.0
    memory_addition_mib: Annotated[int, Field(ge=0)] = 0
    choices: dict[Placeholder, Annotated[tuple[tuple[str, ...], ...], Field(min_length=1)]] = {}
    """Placeholder → arguments to try, best first: the first with which ``probe`` compiles is taken. None: the toolchain
    does not have the language."""
    probe: str | None = None
    """The smallest program, compiled at detection where there are choices."""
    toolchain: Annotated[tuple[ToolchainTable, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _consistent(self) -> "LanguageFile":
        if self.choices and self.probe is None:
            raise ValueError("choices need a probe")
        for toolchain in self.toolchain:
            known = PLACEHOLDERS | toolchain.executables.keys() | self.choices.keys()
            compile_argv = toolchain.compile.argv if toolchain.compile else ()
            used = placeholders((*compile_argv, *toolchain.run.argv, *toolchain.version.argv))
            if unknown := used - known:
                raise ValueError(f"unknown placeholder {{{min(unknown)}}}; known: {', '.join(sorted(known))}")
            if self.choices and toolchain.compile is None:
                raise ValueError("choices need a compile table")
            if re.compile(toolchain.version.pattern).groups < 1:
                raise ValueError("version.pattern needs a group around the version")
        return self
