"""``statement/`` or ``problem_statement/``, or a ``problem.*`` at the top as DOMjudge has it; and ``attachments/``."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from domain.problems.files import PackageFile, Statement
from infrastructure.packages.package_folder import PackageFolder

_PLACES = ("statement/", "problem_statement/")
_NAME = re.compile(r"problem(?:\.([A-Za-z]{2,3}(?:-[A-Za-z]{2})?))?\.(tex|md|html|pdf)")
_FORMATS = {"tex": "latex", "md": "markdown", "html": "html", "pdf": "pdf"}
_TITLE = re.compile(r"\\problemname\{((?:[^{}]|\{[^{}]*\})*)\}")
_CONSTANT = re.compile(rb"\{\{([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?)\}\}")
_MAX_TEXT = 1024 * 1024
_MAX_HEAD = 64 * 1024
_SHOWN = frozenset({"png", "jpg", "jpeg", "svg", "pdf", "gif", "eps", "tex", "sty"})


def read_statements(
    folder: PackageFolder, names: Mapping[str, str], constants: Mapping[str, str] = MappingProxyType({})
) -> tuple[Statement, ...]:
    """Titles come from problem.yaml, else from the LaTeX source. ``{{NAME}}`` is the constant (2025-09)."""
    place = next((place for place in _PLACES if any(folder.below(place))), None)
    found: dict[tuple[str, str], Statement] = {}
    for prefix, path in _texts(folder, place):
        match = _NAME.fullmatch(path)
        if match is None:
            continue
        language, form = match[1] or "en", _FORMATS[match[2]]
        title = names.get(language) or (_title(folder, prefix + path) if form == "latex" else "")
        beside = () if form == "pdf" or not prefix else tuple(_beside(folder, prefix))
        text = folder.file(prefix + path) if form == "pdf" else _text(folder, prefix + path, constants)
        found.setdefault(
            (language, form), Statement(language=language, format=form, files=(text, *beside), title=title)
        )
    return tuple(found.values())


def read_attachments(folder: PackageFolder) -> tuple[PackageFile, ...]:
    """Files for contestants."""
    place = "attachments/"
    return tuple(folder.file(path, path.removeprefix(place)) for path in folder.below(place) if "/." not in path)


def _texts(folder: PackageFolder, place: str | None) -> Iterator[tuple[str, str]]:
    for prefix in ([] if place is None else [place]) + [""]:
        for path in folder.below(prefix):
            name = path.removeprefix(prefix)
            if "/" not in name:
                yield prefix, name


def _beside(folder: PackageFolder, place: str) -> Iterator[PackageFile]:
    for path in folder.below(place):
        name = path.removeprefix(place)
        if name.rpartition(".")[2].lower() in _SHOWN and not _NAME.fullmatch(name) and not name.startswith("."):
            yield folder.file(path, name)


def _text(folder: PackageFolder, path: str, constants: Mapping[str, str]) -> PackageFile:
    file = folder.file(path)
    if not constants or file.content.size > _MAX_TEXT:
        return file
    values = {name.encode(): value.encode() for name, value in constants.items()}
    data = folder.data(path, _MAX_TEXT)
    replaced = _CONSTANT.sub(lambda match: values.get(match[1], match[0]), data)
    return file if replaced == data else PackageFile(file.name, folder.add(replaced))


def _title(folder: PackageFolder, path: str) -> str:
    found = _TITLE.search(folder.head(path, _MAX_HEAD).decode(errors="replace"))
    return "" if found is None else re.sub(r"[{}$~]", " ", found[1]).strip()[:256]
