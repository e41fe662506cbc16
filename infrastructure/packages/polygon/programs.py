"""Programs that ``problem.xml`` names: each with the files that it is compiled with."""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass

from domain.languages.entities import LanguageId
from domain.problems.files import PackageFile, PackageProgram
from infrastructure.packages.inner_paths import find_file
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.polygon.languages import language_of_type
from infrastructure.packages.polygon.windows import for_this_system
from infrastructure.packages.program_languages import is_header
from infrastructure.packages.xml_tree import XmlElement

_HEAD = 64 * 1024
_MOST_BESIDE = 60
_NATIVE = ("c", "cpp")
_FOREIGN_LIBRARY = re.compile(rb"\b(ru\.ifmo\.testlib|uses\s+testlib\b|import\s+testlib\b)", re.IGNORECASE)
_INCLUDE = re.compile(rb'^\s*#\s*include\s*[<"]testlib\.h[>"]', re.MULTILINE)
_PASCAL_MODE = re.compile(rb"\{\$mode\b", re.IGNORECASE)
_MOST_CHANGED = 1024 * 1024
TESTLIB = "testlib.h"


@dataclass(frozen=True, slots=True)
class NamedProgram:
    """``problem`` says why it cannot be compiled here; empty: it can. ``testlib``: it includes testlib.h."""

    program: PackageProgram
    problem: str
    testlib: bool


class Programs:
    """The programs of one package."""

    def __init__(self, folder: PackageFolder, root: XmlElement) -> None:
        self._folder = folder
        sources = {find_file(folder, e.get("path") or "") for e in root.all("files/executables/executable/source")}
        resources = {find_file(folder, e.get("path") or "") for e in root.all("files/resources/file")}
        headers = {path for path in folder.below("files/") if is_header(path) and path.count("/") == 1}
        self._beside = sorted({path for path in resources | headers if path is not None} - sources)
        testlib = [path for path in folder.files if path.rpartition("/")[2] == TESTLIB]
        self._testlib = min(testlib, key=lambda path: (not path.startswith("files/"), path), default=None)
        self._executables: dict[str, XmlElement] = {}
        for element in root.all("files/executables/executable/source"):
            path = find_file(folder, element.get("path") or "")
            if path is not None:
                self._executables.setdefault(_stem(path), element)

    @property
    def has_testlib(self) -> bool:
        """Whether testlib.h came with the package."""
        return self._testlib is not None

    def named_by(self, source: XmlElement | None, *, beside: bool = True) -> NamedProgram | None:
        """The program of a ``<source path type>``; None: its file is not there. ``beside``: it is compiled with the
        package's headers and other resources of its language.
        """
        path = find_file(self._folder, (source.get("path") if source is not None else None) or "")
        if source is None or path is None:
            return None
        return self._program(path, source.get("type") or "", beside=beside)

    def generator(self, name: str) -> NamedProgram | None:
        """By the first word of a ``cmd``: an executable's name, or else a file's in ``files/``."""
        stem = _stem(name.replace("\\", "/"))
        if stem in self._executables:
            return self.named_by(self._executables[stem])
        candidates = [p for p in self._folder.below("files/") if _stem(p) == stem and not p.endswith((".exe", ".h"))]
        return self._program(candidates[0], "", beside=True) if candidates else None

    def _program(self, path: str, kind: str, *, beside: bool) -> NamedProgram:
        head = self._folder.head(path, _HEAD)
        language, name = language_of_type(kind, path, head)
        native = language is not None and language.rstrip("0123456789") in _NATIVE
        files = {path.rpartition("/")[2]: path}
        if native and beside:
            for other in self._natives():
                files.setdefault(other.rpartition("/")[2], other)
        program = PackageProgram(
            path=path,
            files=tuple(self._file(file, at, language) for file, at in files.items()),
            language=language,
            main=path.rpartition("/")[2],
        )
        return NamedProgram(program, _problem(language is None, name, native, head), bool(_INCLUDE.search(head)))

    def _file(self, name: str, path: str, language: LanguageId | None) -> PackageFile:
        """As Polygon compiles it: Pascal in Delphi's mode, where an integer has 32 bits; Free Pascal's own has 16."""
        native = language is not None and language.rstrip("0123456789") in _NATIVE and not is_header(name)
        if not (native or language == "pascal") or self._folder.files[path].content.size > _MOST_CHANGED:
            return self._folder.file(path, name)
        source = self._folder.data(path, _MOST_CHANGED)
        if native:
            made = for_this_system(source, name)
        else:
            made = source if _PASCAL_MODE.search(source) else b"{$mode delphi}" + source.removeprefix(BOM_UTF8)
        return self._folder.file(path, name) if made == source else PackageFile(name, self._folder.add(made))

    def _natives(self) -> Iterator[str]:
        if self._testlib is not None:
            yield self._testlib
        found = [p for p in self._beside if is_header(p) and p.rpartition("/")[2] != TESTLIB]
        yield from found[:_MOST_BESIDE]


def _problem(unknown: bool, name: str, native: bool, head: bytes) -> str:
    if unknown:
        return f"is in {name[:40]}, which the catalogue does not have"
    if not native and _FOREIGN_LIBRARY.search(head):
        return "needs a port of testlib to its language, which this service does not have"
    return ""


def _stem(path: str) -> str:
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name
