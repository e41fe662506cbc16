"""Programs of a task, by the places where the format has them."""

import re
from collections.abc import Iterator, Sequence

from application.judging.data_files import DATA
from domain.languages.entities import LanguageId
from domain.problems.files import PackageProgram
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.program_languages import is_header, language_of
from infrastructure.packages.remarks import Remarks

_HEAD = 64 * 1024
_MOST_DATA, _MOST_FILES = 256 * 1024, 50
_SCRIPTS = {b"python": "python3", b"bash": "bash", b"/sh": "bash", b"perl": "perl", b"ruby": "ruby"}
_NO_SOURCE = frozenset({"o", "exe", "pyc", "class", "txt", "md", "h", "hpp", "in", "out", "log", "sh~"})


_IMPORT = re.compile(rb"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import\b|import[ \t]+([^#\n;]+))", re.MULTILINE)


class Programs:
    """The programs of one task."""

    def __init__(self, folder: PackageFolder, remarks: Remarks) -> None:
        self._folder = folder
        self._remarks = remarks

    def source(self, stems: Sequence[str]) -> str | None:
        """The source of one of ``stems`` ("check/checker"): C++ first, then by name."""
        found = [path for stem in stems for path in self._folder.below(f"{stem}.") if self._is_source(path, stem)]
        return min(found, key=lambda path: (not path.endswith((".cpp", ".cc", ".c")), path), default=None)

    def required(self, stems: Sequence[str], role: str) -> PackageProgram | None:
        """The program of one of ``stems``; None: there is none, or, with a complaint, it cannot be compiled."""
        path = self.source(stems)
        if path is None:
            binary = next((stem for stem in stems if stem in self._folder.files), None)
            if binary is None:
                return None
            if not self._folder.head(binary, 2).startswith(b"#!"):
                self._remarks.complain(
                    f"is a compiled {role}, without its source beside it: put the source into the package",
                    self._folder.prefix + binary,
                )
                return None
            path = binary
        return self.program(path, role)

    def program(self, path: str, role: str) -> PackageProgram | None:
        """None, with a complaint: its language is not in the catalogue."""
        language, name = self._language(path)
        if language is None:
            self._remarks.complain(
                f"is the {role}, in {name or 'no known language'}: the catalogue does not have it",
                self._folder.prefix + path,
            )
            return None
        return self._with_headers(path, language)

    def solution(self, path: str) -> tuple[PackageProgram, str] | None:
        """With why it is not judged; None: it is no source file."""
        language, name = self._language(path)
        if language is None and not name:
            return None
        file = self._folder.file(path)
        program = PackageProgram(path=path, files=(file,), language=language, main=file.name)
        return program, "" if language is not None else f"the language {name} is not in the catalogue"

    def _with_headers(self, path: str, language: LanguageId) -> PackageProgram:
        place = path.rpartition("/")[0] + "/"
        files = {path.rpartition("/")[2]: path}
        for other in self._folder.below(place):
            name = other.removeprefix(place)
            if "/" not in name and is_header(name):
                files.setdefault(name, other)
        if language in ("python2", "python3"):
            files |= {name: place + name for name in self._modules(place, path.rpartition("/")[2])}
        for other in self._folder.below(place):
            name = other.removeprefix(place)
            small = name.endswith(DATA) and self._folder.files[other].content.size <= _MOST_DATA
            if "/" not in name and small and len(files) < _MOST_FILES:
                files.setdefault(name, other)
        return PackageProgram(
            path=path,
            files=tuple(self._folder.file(at, name) for name, at in files.items()),
            language=language,
            main=path.rpartition("/")[2],
        )

    def _modules(self, place: str, main: str) -> Iterator[str]:
        """Those beside it that a program in Python imports, and that they import."""
        seen, waiting = {main}, [main]
        while waiting:
            head = self._folder.head(place + waiting.pop(), _HEAD)
            for one, several in _IMPORT.findall(head):
                for word in (one or several).decode(errors="replace").split(","):
                    name = (word.split() or [""])[0].lstrip(".").partition(".")[0] + ".py"
                    if name not in seen and place + name in self._folder.files:
                        seen.add(name)
                        waiting.append(name)
                        yield name

    def _language(self, path: str) -> tuple[LanguageId | None, str]:
        head = self._folder.head(path, _HEAD)
        language, name = language_of({path.rpartition("/")[2]: head})
        if language == "cpp20":
            language = LanguageId("cpp17")
        if language is None and not name and head.startswith(b"#!"):
            first = head.partition(b"\n")[0]
            script = next((found for word, found in _SCRIPTS.items() if word in first), None)
            language = None if script is None else LanguageId(script)
        return language, name

    def _is_source(self, path: str, stem: str) -> bool:
        ending = path.removeprefix(f"{stem}.")
        return "." not in ending and "/" not in ending and ending not in _NO_SOURCE and self._language(path)[1] != ""
