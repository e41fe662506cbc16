"""Which of the files that were sent are sources, and which of them is the main one."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.exceptions import Invalid
from domain.runs.entities import SourceFile
from infrastructure.languages.java_main_class import java_program
from infrastructure.languages.language_file import LanguageFile


@dataclass(frozen=True, slots=True)
class SelectedSources:
    """``files`` is all that goes into the box; the names are what commands are told."""

    files: tuple[SourceFile, ...]
    sources: tuple[str, ...]
    main: str
    main_class: str


def select_sources(language: LanguageFile, files: Sequence[SourceFile], main: str | None = None) -> SelectedSources:
    """Choose by the files' extensions and by the names that the language knows. ``main``: the file (or Java class) to
    start with, if it is there.

    Raises Invalid when no file can be a source, or the main one.
    """
    sources = [file for file in files if _is_source(file.name, language)]
    if not sources and language.main == "named" and len(files) == 1:
        sources = list(files)
    if not sources:
        raise Invalid.field("/sources", _nothing_found(language, files))
    if language.main == "java":
        program = java_program(sources, main or language.source_name)
        renamed = dict(zip((source.name for source in sources), program.sources, strict=True))
        names = tuple(source.name for source in program.sources)
        placed = tuple(renamed.get(file.name, file) for file in files)
        return SelectedSources(placed, names, names[0], program.main_class)
    names = tuple(source.name for source in sources)
    preferred = (name for name in (main or "", language.source_name, *language.main_names) if name in names)
    return SelectedSources(tuple(files), names, next(preferred, names[0]), "")


def _is_source(name: str, language: LanguageFile) -> bool:
    """``.CPP`` is what Windows makes of ``.cpp``; but ``.C`` is not C."""
    extension = _extension(name)
    lowered = extension.lower() if len(extension) > 1 else extension
    return extension in language.extensions or lowered in language.extensions


def _extension(name: str) -> str:
    return name.rpartition(".")[2] if "." in name else ""


def _nothing_found(language: LanguageFile, files: Sequence[SourceFile]) -> str:
    wanted = " or ".join(f".{extension}" for extension in language.extensions)
    sent = ", ".join(repr(file.name) for file in files[:5]) or "nothing"
    return f"{language.name} looks for files that end in {wanted}; sent: {sent}{', …' if len(files) > 5 else ''}"
