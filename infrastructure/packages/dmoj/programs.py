"""Checkers, interactors and generators of the setter's: one or more files, compiled with flags."""

import re
from collections.abc import Sequence

from domain.languages.entities import LanguageId
from domain.problems.files import PackageFile, PackageProgram
from infrastructure.packages.dmoj.languages import language_of_executor
from infrastructure.packages.inner_paths import find_file
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.program_languages import is_header, language_of
from infrastructure.packages.remarks import Remarks

_DEFINE = re.compile(r"-D\s*([A-Za-z_]\w*)(?:=(.*))?", re.ASCII)
_MAX_SOURCE = 4 * 1024 * 1024
_HEAD = 64 * 1024


class Programs:
    """The programs of one package. ``file`` is its manifest, for complaints."""

    def __init__(self, folder: PackageFolder, file: str, remarks: Remarks) -> None:
        self._folder = folder
        self._file = file
        self._remarks = remarks

    def of(
        self,
        paths: Sequence[str],
        role: str,
        *,
        executor: str | None = None,
        flags: Sequence[str] = (),
        line: int | None,
    ) -> PackageProgram | None:
        """None, with a complaint: a file is missing, or the language is not in the catalogue. Headers of the package
        that C and C++ may include come with it.
        """
        found = [find_file(self._folder, path) for path in paths]
        present = [path for path in found if path is not None]
        if not present or len(present) < len(found):
            lost = next((path for path, at in zip(paths, found, strict=True) if at is None), "")
            self._remarks.complain(f"names the {role} {lost[:100]!r}, which is not in the package", self._file, line)
            return None
        language = self._language(present, role, executor)
        if language is None:
            return None
        native = language.startswith(("c1", "cpp"))
        files = {path.rpartition("/")[2]: path for path in present}
        if native:
            for path in self._folder.files:
                if "/" not in path and is_header(path):
                    files.setdefault(path, path)
        defines = self._defines(flags, role, line) if native else ""
        sources = [name for name in files if not is_header(name)]
        return PackageProgram(
            path=present[0],
            files=tuple(self._file_with(path, name, defines) for name, path in files.items()),
            language=language,
            main=sources[0] if sources else None,
        )

    def refuse(self, program: PackageProgram, why: str) -> None:
        """Complain of it."""
        self._remarks.complain(why, self._folder.prefix + program.path)

    def made(self, name: str, source: str) -> PackageProgram:
        """A program in Python that the package does not hold."""
        file = PackageFile(f"{name}.py", self._folder.add(source.encode()))
        return PackageProgram(path=file.name, files=(file,), language=LanguageId("python3"), main=file.name)

    def _language(self, paths: list[str], role: str, executor: str | None) -> LanguageId | None:
        heads = {path.rpartition("/")[2]: self._folder.head(path, _HEAD) for path in paths}
        language, name = language_of(heads)
        if executor is not None:
            language, name = language_of_executor(executor) or language, executor
        if language is None:
            why = f"is the {role}, in {name[:40] or 'no known language'}: the catalogue does not have it"
            self._remarks.complain(why, self._folder.prefix + paths[0])
        return language

    def _defines(self, flags: Sequence[str], role: str, line: int | None) -> str:
        """``-DNAME=VALUE`` as the lines that it stands for."""
        lines = ""
        for flag in flags:
            match = _DEFINE.fullmatch(flag)
            if match is not None:
                lines += f"#define {match[1]} {'1' if match[2] is None else match[2]}\n"
            else:
                self._remarks.warn(f"compiles the {role} with {flag[:40]!r}: it is left out", self._file, line)
        return lines

    def _file_with(self, path: str, name: str, defines: str) -> PackageFile:
        if not defines or is_header(name):
            return self._folder.file(path, name)
        data = f'{defines}#line 1 "{name}"\n'.encode() + self._folder.data(path, _MAX_SOURCE)
        return PackageFile(name, self._folder.add(data))
