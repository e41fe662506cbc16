from dataclasses import dataclass
from typing import NewType

LanguageId = NewType("LanguageId", str)
"""Stable id on the wire: 'cpp17', 'python3'."""

OUTPUT = LanguageId("output")
"""In place of a language: the submission is the outputs themselves, one file a test. Every worker has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language as a toolchain on some worker offers it.

    ``version`` is the toolchain's name and version: "GCC 12.2.0". ``source_name`` is the file name that a
    single source gets by default; ``extensions`` are without the dot. Commands are for people to read.
    """

    id: LanguageId
    name: str
    version: str
    source_name: str
    extensions: tuple[str, ...]
    compile_command: str | None
    run_command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryExhaustion:
    """How a runtime ends when memory has run out inside the limit (an exception in place of a kill)."""

    exit_codes: tuple[int, ...] = ()
    stderr_marks: tuple[bytes, ...] = ()
