"""A language as this machine has it: from sources to the commands that compile and run them."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from application.languages.toolchains import Build
from domain.languages.entities import Language, MemoryExhaustion
from domain.runs.entities import Limits, SourceFile
from infrastructure.languages.detection import FoundToolchain
from infrastructure.languages.executables import SANDBOX_PATH
from infrastructure.languages.language_file import CompileLimits, CompileTable
from infrastructure.languages.main_source import SelectedSources, select_sources
from infrastructure.languages.template import Value, expand

MIB = 1024 * 1024
_FIXED_ENV = {"PATH": ":".join(SANDBOX_PATH), "LANG": "C.UTF-8", "HOME": "/box", "TMPDIR": "/tmp"}  # noqa: S108
_GLOB_SIGNS = str.maketrans({sign: f"[{sign}]" for sign in "*?["} | {"\\": "[\\\\]"})


class HostToolchain:
    """``application.languages.toolchains.Toolchain`` over one that was found."""

    def __init__(self, found: FoundToolchain) -> None:
        self._found = found
        self._file = found.entry.file
        self._table = found.table

    @cached_property
    def language(self) -> Language:
        """With the version that was found, and commands as a single source of the default name gets them."""
        names: dict[str, Value] = {
            "sources": (self._file.source_name,),
            "others": (),
            "main": self._file.source_name,
            "stem": _stem(self._file.source_name),
            "class": _stem(self._file.source_name),
            **{key: f"{{{key}}}" for key in ("memory_mib", "stack_mib", "stack_kib")},
        }
        values = {**names, **self._host_values}
        compile_table = self._table.compile
        return Language(
            id=self._found.entry.id,
            name=self._file.name,
            version=self._found.version,
            source_name=self._file.source_name,
            extensions=self._file.extensions,
            compile_command=_command(expand(compile_table.argv, values)) if compile_table else None,
            run_command=_command(expand(self._table.run.argv, values)),
        )

    @property
    def executables(self) -> Mapping[str, Path]:
        """Where its programs lie on this machine, by the names of the language file."""
        return self._found.executables

    @property
    def packages(self) -> tuple[str, ...]:
        """Debian packages that bring it."""
        return self._found.table.packages

    @property
    def time_factor(self) -> float:
        """Of the language file."""
        return self._file.time_factor

    @property
    def memory_addition(self) -> int:
        """Bytes."""
        return self._file.memory_addition_mib * MIB

    @cached_property
    def memory_exhaustion(self) -> MemoryExhaustion:
        """Of the language file."""
        table = self._table.memory_exhaustion
        return MemoryExhaustion(
            exit_codes=table.exit_codes, stderr_marks=tuple(mark.encode() for mark in table.stderr_marks)
        )

    @property
    def address_space(self) -> bool:
        """Of the language file."""
        return self._table.address_space

    def build(self, sources: tuple[SourceFile, ...], limits: Limits, main: str | None = None) -> Build:
        """Fill the language's templates in. Raises Invalid when no source can be the main one."""
        selected = select_sources(self._file, sources, main)
        values = {**self._host_values, **_source_values(selected), **self._size_values(limits)}
        table = self._table.compile
        run_argv = expand(self._table.run.argv, values)
        run_env = _FIXED_ENV | self._table.run.env
        if table is None:
            return Build(
                sources=selected.files,
                compile_argv=None,
                compile_env={},
                compile_limits=_compile_limits(CompileLimits()),
                collect=_literally(selected.files),
                run_argv=run_argv,
                run_env=run_env,
            )
        return Build(
            sources=self._with_auxiliaries(selected.files, table),
            compile_argv=expand(table.argv, values),
            compile_env=_FIXED_ENV | table.env,
            compile_limits=_compile_limits(table.limits),
            collect=_literally(selected.files) if table.collect == ("{files}",) else table.collect,
            run_argv=run_argv,
            run_env=run_env,
        )

    @cached_property
    def _host_values(self) -> Mapping[str, Value]:
        executables = {key: str(path) for key, path in self._found.executables.items()}
        return {**executables, **self._found.choices}

    def _size_values(self, limits: Limits) -> Mapping[str, Value]:
        """The stack stays below the rlimit, for runtimes that watch the main thread's themselves, and below half of the
        memory: an endless recursion should end as what it is, not as memory that ran out.
        """
        most = self._table.run.max_stack_mib * MIB
        stack = max(min(limits.stack * 7 // 8, limits.memory // 2, most), MIB)
        return {
            "memory_mib": str(max(limits.memory // MIB, 1)),
            "stack_mib": str(stack // MIB),
            "stack_kib": str(stack // 1024),
        }

    def _with_auxiliaries(self, files: tuple[SourceFile, ...], table: CompileTable) -> tuple[SourceFile, ...]:
        sent = {file.name for file in files}
        auxiliaries = self._found.entry.auxiliaries
        return files + tuple(SourceFile(name, auxiliaries[name]) for name in table.files if name not in sent)


def _source_values(selected: SelectedSources) -> Mapping[str, Value]:
    names = {name: _as_argument(name) for name in selected.sources}
    return {
        "sources": tuple(names.values()),
        "others": tuple(argument for name, argument in names.items() if name != selected.main),
        "main": names[selected.main],
        "stem": _stem(names[selected.main]),
        "class": selected.main_class,
    }


def _as_argument(name: str) -> str:
    """A name that a compiler would take for an option or a response file is told as a path."""
    return f"./{name}" if name.startswith(("-", "@")) else name


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name


def _literally(files: tuple[SourceFile, ...]) -> tuple[str, ...]:
    """Globs that match these names alone."""
    return tuple(file.name.translate(_GLOB_SIGNS) for file in files)


def _command(argv: tuple[str, ...]) -> str:
    """For people: shown, never run."""
    return " ".join(argument if argument and not set(argument) & set(" \n\"'") else repr(argument) for argument in argv)


def _compile_limits(table: CompileLimits) -> Limits:
    return Limits(
        cpu_time=timedelta(seconds=table.cpu_time),
        wall_time=timedelta(seconds=table.wall_time),
        memory=table.memory_mib * MIB,
        output=table.output_mib * MIB,
        processes=table.processes,
        stack=table.memory_mib * MIB,
        file_size=table.file_size_mib * MIB,
        open_files=table.open_files,
    )
