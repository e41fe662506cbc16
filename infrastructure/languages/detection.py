"""Finding out which languages this machine has: executables, their versions, and what their compilers accept.

The toolchains asked here are the host's own and trusted; they are run without a shell, with an environment of their own
and a time limit. A language that cannot be found is a value that tells why.
"""

import itertools
import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from infrastructure.languages.catalogue import CatalogueEntry
from infrastructure.languages.executables import SANDBOX_PATH, find_executable
from infrastructure.languages.language_file import ToolchainTable
from infrastructure.languages.template import Value, expand

QUESTION_SECONDS = 20.0
"""How long a toolchain may take to answer; a cold JVM on a busy machine takes seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundToolchain:
    """A toolchain of this machine that has the language."""

    entry: CatalogueEntry
    table: ToolchainTable
    executables: Mapping[str, Path]
    choices: Mapping[str, tuple[str, ...]]
    version: str
    """With the toolchain's name: 'GCC 12.2.0'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingLanguage:
    """A language that this machine does not have: why, for each of its toolchains."""

    entry: CatalogueEntry
    reasons: tuple[str, ...]

    @property
    def packages(self) -> tuple[str, ...]:
        """Debian packages."""
        return self.entry.file.toolchain[0].packages

    @property
    def cure(self) -> str:
        """What brings it, for people."""
        return f"apt-get install {' '.join(self.packages)}" if self.packages else "no package of Debian's has it"


def detect(entries: Iterable[CatalogueEntry], directories: Sequence[Path]) -> list[FoundToolchain | MissingLanguage]:
    """Look for each language, several at a time, in their order."""
    with ThreadPoolExecutor(max_workers=2 * len(os.sched_getaffinity(0))) as pool:
        return list(pool.map(lambda entry: _detect_language(entry, directories), entries))


def _detect_language(entry: CatalogueEntry, directories: Sequence[Path]) -> FoundToolchain | MissingLanguage:
    reasons: list[str] = []
    for table in entry.file.toolchain:
        answer = _detect_toolchain(entry, table, directories)
        if isinstance(answer, FoundToolchain):
            return answer
        reasons.append(f"{table.name}: {answer}")
    return MissingLanguage(entry=entry, reasons=tuple(reasons))


def _detect_toolchain(
    entry: CatalogueEntry, table: ToolchainTable, directories: Sequence[Path]
) -> FoundToolchain | str:
    """The toolchain, or why it cannot be used."""
    executables: dict[str, Path] = {}
    for key, names in table.executables.items():
        path = find_executable(names, directories)
        if path is None:
            return f"no {' or '.join(names)} was found"
        executables[key] = path
    paths: dict[str, Value] = {key: str(path) for key, path in executables.items()}
    question = expand(table.version.argv, paths)
    with tempfile.TemporaryDirectory(prefix="proba-detect-") as directory:
        answer = _ask(question, Path(directory), table.version.stdin)
        version = re.search(table.version.pattern, answer.text)
        if version is None:
            return f"{' '.join(question)} did not tell its version: {answer.summary}"
        choices = _choose(entry, table, paths, Path(directory))
    if choices is None:
        return f"{version[1]} compiles with none of the arguments that {entry.file.name} needs"
    return FoundToolchain(
        entry=entry, table=table, executables=executables, choices=choices, version=f"{table.name} {version[1]}"
    )


def _choose(
    entry: CatalogueEntry, table: ToolchainTable, paths: Mapping[str, Value], directory: Path
) -> Mapping[str, tuple[str, ...]] | None:
    """The best arguments with which the smallest program compiles."""
    if not entry.file.choices or table.compile is None or entry.file.probe is None:
        return {}
    (directory / entry.file.source_name).write_text(entry.file.probe, encoding="utf-8")
    source: dict[str, Value] = {"main": entry.file.source_name, "sources": (entry.file.source_name,), "others": ()}
    for alternative in itertools.product(*entry.file.choices.values()):
        choices = dict(zip(entry.file.choices, alternative, strict=True))
        if _ask(expand(table.compile.argv, {**paths, **source, **choices}), directory).exit_code == 0:
            return choices
    return None


@dataclass(frozen=True, slots=True)
class _Answer:
    exit_code: int | None
    text: str

    @property
    def summary(self) -> str:
        """Its first line, for a person."""
        return next((line.strip()[:200] for line in self.text.splitlines() if line.strip()), "it printed nothing")


def _ask(argv: Sequence[str], directory: Path, stdin: str = "") -> _Answer:
    environment = {
        "PATH": ":".join(SANDBOX_PATH), "LANG": "C.UTF-8", "HOME": str(directory), "TMPDIR": str(directory)
    }  # fmt: skip
    try:
        run = subprocess.run(
            argv,
            input=stdin.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=directory,
            env=environment,
            timeout=QUESTION_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _Answer(None, f"it did not answer within {QUESTION_SECONDS:g} s")
    except OSError as error:
        return _Answer(None, f"it did not start: {error.strerror}")
    return _Answer(run.returncode, run.stdout.decode(errors="replace"))
