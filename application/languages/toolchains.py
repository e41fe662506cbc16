"""Gateway to the toolchains that this machine has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from domain.languages.entities import Language, LanguageId, MemoryExhaustion
from domain.runs.entities import Limits, SourceFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """How the sources become a program.

    ``sources`` are all that goes into the box, under the names that the compiler wants (a Java file is called after its
    public class), with what the language adds of its own. ``compile_argv`` runs in a box that holds them; None:
    nothing to compile, the sources are the program.
    ``collect`` are globs of the artefacts that move to /app (of the sources where nothing is compiled: all of them).
    ``run_argv`` starts the program with /app in place. Both environments are complete.
    """

    sources: tuple[SourceFile, ...]
    compile_argv: tuple[str, ...] | None
    compile_env: Mapping[str, str]
    compile_limits: Limits
    collect: tuple[str, ...]
    run_argv: tuple[str, ...]
    run_env: Mapping[str, str]


class Toolchain(Protocol):
    """One language on this machine."""

    @property
    def language(self) -> Language:
        """With the version that was found here."""

    @property
    def time_factor(self) -> float:
        """What a problem's cpu and wall limits are multiplied by."""

    @property
    def memory_addition(self) -> int:
        """Bytes added to a problem's memory limit (the runtime's own)."""

    @property
    def memory_exhaustion(self) -> MemoryExhaustion:
        """How its runtime ends when memory has run out."""

    @property
    def address_space(self) -> bool:
        """Whether RLIMIT_AS may stand in for memory accounting (False for managed runtimes)."""

    def build(self, sources: tuple[SourceFile, ...], limits: Limits, main: str | None = None) -> Build:
        """How these sources are compiled and run under the effective ``limits`` (a JVM is told its heap by them).
        ``main`` is the file (or Java class) to start with; None, or one that is not there: as the language finds it.

        Raises domain.exceptions.Invalid when no source can be the main one; the message says what was looked for.
        """


class Toolchains(Protocol):
    """The catalogue, as far as this machine has it."""

    def available(self) -> Mapping[LanguageId, Toolchain]:
        """Those that were found, by id."""
