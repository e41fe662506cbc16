"""Programs in a folder of a package: each a file, or a folder of files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain.languages.entities import OUTPUT
from domain.problems.files import BUILD_SCRIPT, PackageFile, PackageProgram
from infrastructure.packages.kattis.main_files import main_file
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.program_languages import is_header, language_of
from infrastructure.packages.scripts import as_python_3, script_ending

_HEAD_SIZE = 64 * 1024


@dataclass(frozen=True, slots=True)
class FoundProgram:
    """``foreign`` is the language that the catalogue does not have, or empty."""

    program: PackageProgram
    foreign: str


def find_programs(
    folder: PackageFolder, place: str, *, scripts: bool = False, headers: bool = False
) -> Iterator[FoundProgram]:
    """Those directly in ``place`` ("submissions/accepted/"), by name. What is no program (a README) is passed over.

    ``scripts``: a folder may bring ``build`` and ``run`` in place of sources in one language. ``headers``: a file gets
    those that lie beside it.
    """
    inside = folder.inside(place)
    entries = [entry for entry in inside.entries() if not entry.startswith(".")]
    beside = [entry for entry in entries if headers and is_header(entry)]
    for entry in entries:
        is_folder = entry.endswith("/")
        paths = list(_files(inside, entry)) if is_folder else list(dict.fromkeys([entry, *beside]))
        names = {path.removeprefix(entry) if is_folder else path: path for path in paths}
        has_script = scripts and is_folder and ("build" in names or "run" in names)
        known = names if is_folder else {entry: entry}
        path = place + entry.removesuffix("/")
        found = _program(inside, path, names, known, has_script=has_script, scripts=scripts)
        if found is not None:
            yield found


def find_outputs(folder: PackageFolder, place: str) -> Iterator[FoundProgram]:
    """Those directly in ``place`` of a problem that takes outputs: a file, or a folder of files."""
    inside = folder.inside(place)
    for entry in inside.entries():
        if entry.startswith("."):
            continue
        names = [path.removeprefix(entry) for path in _files(inside, entry)] if entry.endswith("/") else [entry]
        prefix = entry if entry.endswith("/") else ""
        files = tuple(PackageFile(name, inside.ref(prefix + name)) for name in names)
        if files:
            yield FoundProgram(PackageProgram(path=place + entry.removesuffix("/"), files=files, language=OUTPUT), "")


def whole_program(folder: PackageFolder, place: str) -> FoundProgram | None:
    """All of ``place`` as one program, as 2023-07 and later have ``output_validator/``; None: its files are no sources,
    or only in folders.
    """
    inside = folder.inside(place)
    names = {path: path for path in _files(inside, "")}
    top = {name: name for name in names if "/" not in name}
    has_script = "build" in top or "run" in top
    return _program(inside, place.removesuffix("/"), names, top, has_script=has_script, scripts=True)


def _program(
    inside: PackageFolder,
    path: str,
    names: Mapping[str, str],
    sources: Mapping[str, str],
    *,
    has_script: bool,
    scripts: bool,
) -> FoundProgram | None:
    """``names`` → paths are its files; ``sources`` are those that its language follows from. ``scripts``: a file
    without an ending may say by its first line what runs it.
    """
    heads = {name: inside.head(at, _HEAD_SIZE) for name, at in sources.items()}
    called = {name: name for name in names}
    if scripts and not has_script:
        called |= {name: name + script_ending(name, head) for name, head in heads.items()}
        heads = {called[name]: as_python_3(head) for name, head in heads.items()}
    language, name = (BUILD_SCRIPT, "a build script") if has_script else language_of(heads)
    if language is None and not name:
        return None
    files = tuple(PackageFile(called[name], inside.ref(at)) for name, at in names.items())
    main = None if has_script else main_file(language, heads, path)
    return FoundProgram(
        PackageProgram(path=path, files=files, language=language, main=main), "" if language is not None else name
    )


def _files(folder: PackageFolder, top: str) -> Iterator[str]:
    for path in folder.below(top):
        if not any(part.startswith(".") or part == "__pycache__" for part in path.removeprefix(top).split("/")):
            yield path
