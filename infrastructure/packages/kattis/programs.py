"""Programs in a folder of a package: each a file, or a folder of files."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.languages.entities import LanguageId
from domain.problems.files import BUILD_SCRIPT, PackageFile, PackageProgram
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.program_languages import language_of

_HEAD_SIZE = 2048
_BY_ITS_ENDING = (".viva", ".ctd")


@dataclass(frozen=True, slots=True)
class FoundProgram:
    """``foreign`` is the language that the catalogue does not have, or empty."""

    program: PackageProgram
    foreign: str


def find_programs(folder: PackageFolder, place: str, *, scripts: bool = False) -> Iterator[FoundProgram]:
    """Those directly in ``place`` ("submissions/accepted/"), by name. What is no program (a README) is passed over.

    ``scripts``: a folder may bring ``build`` and ``run`` in place of sources in one language.
    """
    inside = folder.inside(place)
    for entry in inside.entries():
        if entry.startswith("."):
            continue
        paths = [entry] if not entry.endswith("/") else list(_files(inside, entry))
        names = {path.removeprefix(entry) if entry.endswith("/") else path: path for path in paths}
        if not names:
            continue
        has_script = scripts and entry.endswith("/") and ("build" in names or "run" in names)
        heads = {name: inside.head(path, _HEAD_SIZE) for name, path in names.items()}
        language, name = (BUILD_SCRIPT, "a build script") if has_script else language_of(heads)
        if language is None and not name:
            continue
        files = tuple(PackageFile(name, inside.ref(path)) for name, path in names.items())
        program = PackageProgram(
            path=place + entry.removesuffix("/"), files=files, language=language, main=_main(language, heads)
        )
        yield FoundProgram(program, "" if language is not None else name)


def _files(folder: PackageFolder, top: str) -> Iterator[str]:
    for path in folder.below(top):
        if not any(part.startswith(".") or part == "__pycache__" for part in path.removeprefix(top).split("/")):
            yield path


def _main(language: LanguageId | None, heads: dict[str, bytes]) -> str | None:
    """Where a language starts by a file: ``main.*``, else the first that is of the language."""
    if language is None or language == BUILD_SCRIPT:
        return None
    sources = sorted(name for name, head in heads.items() if language_of({name: head})[0] == language)
    named = [name for name in sources if name.rpartition("/")[2].lower().startswith(("main.", "__main__."))]
    return next(iter(named or sources), None)
