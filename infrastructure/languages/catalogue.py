"""The catalogue: one folder for each language, with its ``language.toml`` and a reference program."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from domain.languages.entities import LanguageId
from domain.runs.entities import SourceFile
from infrastructure.languages.language_file import LanguageFile

FOLDER = Path(__file__).parent / "catalogue"
"""Where the catalogue lies in the sources of Proba."""


class LanguageFileError(Exception):
    """A ``language.toml`` that cannot be used: our fault, or that of whoever added the language."""

    def __init__(self, path: Path, key: str, detail: str) -> None:
        super().__init__(path, key, detail)
        self.path = path
        self.key = key
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.path}: {self.key}: {self.detail}" if self.key else f"{self.path}: {self.detail}"


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A language as its folder describes it, on whatever machine."""

    folder: Path
    file: LanguageFile
    auxiliaries: Mapping[str, bytes]
    """Files of the folder that its compile tables name, by name."""

    @property
    def id(self) -> LanguageId:
        """The folder's name."""
        return LanguageId(self.file.id)

    def reference_program(self) -> SourceFile:
        """A small program that solves the common reference task, under the name that it has in the folder."""
        paths = sorted(self.folder.glob("reference.*"))
        if len(paths) != 1:
            raise LanguageFileError(self.folder, "", f"expected one reference.* program, found {len(paths)}")
        return SourceFile(paths[0].name, paths[0].read_bytes())


class FolderCatalogue:
    """``application.languages.catalogue.LanguageCatalogue`` over a directory of folders."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Read every language. Raises LanguageFileError."""
        self._folder = folder
        self._entries = {entry.id: entry for entry in map(_read, sorted(folder.glob("*/language.toml")))}

    def ids(self) -> frozenset[LanguageId]:
        """Every language that has a folder."""
        return frozenset(self._entries)

    @property
    def entries(self) -> Mapping[LanguageId, CatalogueEntry]:
        """All, in the order of their ids."""
        return self._entries

    def reference_input(self) -> bytes:
        """What every reference program reads: n, n integers on a line, a line of text."""
        return (self._folder / "reference.in").read_bytes()

    def reference_output(self) -> bytes:
        """What every reference program prints: the sum, the line."""
        return (self._folder / "reference.out").read_bytes()


def _read(path: Path) -> CatalogueEntry:
    table = _inherit(path, ())
    try:
        file = LanguageFile.model_validate(table)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise LanguageFileError(path, key, first["msg"].removeprefix("Value error, ")) from error
    if file.id != path.parent.name:
        raise LanguageFileError(path, "id", f"is {file.id!r}, but the folder is {path.parent.name!r}")
    names = {name for toolchain in file.toolchain if toolchain.compile for name in toolchain.compile.files}
    return CatalogueEntry(path.parent, file, {name: _auxiliary(path, name) for name in names})


def _inherit(path: Path, heirs: tuple[Path, ...]) -> dict[str, Any]:
    """The file's keys over those of the language it ``extends``; tables are joined key by key."""
    if path in heirs:
        raise LanguageFileError(heirs[0], "extends", "leads back to itself")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise LanguageFileError(heirs[-1], "extends", f"there is no {path}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LanguageFileError(path, "", f"not TOML: {error}") from error
    base_id = table.pop("extends", None)
    if base_id is None:
        return table
    if not isinstance(base_id, str) or not base_id.isalnum():
        raise LanguageFileError(path, "extends", "must be the id of another language")
    base = _inherit(path.parent.parent / base_id / path.name, (*heirs, path))
    joined = {
        key: {**base[key], **value} if isinstance(value, dict) and isinstance(base.get(key), dict) else value
        for key, value in table.items()
    }
    return base | joined


def _auxiliary(path: Path, name: str) -> bytes:
    try:
        return (path.parent / name).read_bytes()
    except OSError as error:
        raise LanguageFileError(path, "compile.files", f"{name}: {error.strerror}") from error
