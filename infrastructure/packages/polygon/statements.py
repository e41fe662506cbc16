"""Statements in every language and form that ``problem.xml`` names, with what they show."""

import json
from collections.abc import Iterator, Mapping

from domain.problems.files import PackageFile, Statement
from infrastructure.packages.inner_paths import find_file
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.polygon.languages import HUMAN
from infrastructure.packages.slugs import title_of
from infrastructure.packages.xml_tree import XmlElement

_FORMATS: Mapping[str, str] = {"application/x-tex": "latex", "text/html": "html", "application/pdf": "pdf"}
_BY_ENDING: Mapping[str, str] = {"tex": "latex", "html": "html", "htm": "html", "pdf": "pdf", "md": "markdown"}
_SHOWN = frozenset({"png", "jpg", "jpeg", "svg", "gif", "eps", "css", "mp", "1", "2", "3"})
_MOST_BESIDE = 100
_MAX_PROPERTIES = 1024 * 1024


def read_statements(folder: PackageFolder, root: XmlElement) -> Iterator[Statement]:
    """Those whose file is in the package; in the order of the file."""
    titles = {e.get("language") or "": title_of(e.get("value") or "") for e in root.all("names/name")}
    seen: set[tuple[str, str]] = set()
    for element in root.all("statements/statement"):
        path = find_file(folder, element.get("path") or "")
        if path is None:
            continue
        kind = (element.get("type") or "").lower()
        form = _FORMATS.get(kind) or _BY_ENDING.get(path.rpartition(".")[2].lower())
        name = (element.get("language") or "english").lower()
        language = HUMAN.get(name, name[:16])
        if form is None or (language, form) in seen:
            continue
        seen.add((language, form))
        beside = () if form == "pdf" else tuple(_beside(folder, path))
        title = titles.get(element.get("language") or "") or _own_title(folder, name)
        yield Statement(language=language, format=form, files=(folder.file(path), *beside), title=title)


def _own_title(folder: PackageFolder, language: str) -> str:
    """From ``statements/LANGUAGE/problem-properties.json``; what cannot be read gives none."""
    path = find_file(folder, f"statements/{language}/problem-properties.json")
    if path is None:
        return ""
    try:
        properties = json.loads(folder.head(path, _MAX_PROPERTIES))
    except (ValueError, RecursionError):
        return ""
    name = properties.get("name") if isinstance(properties, dict) else None
    return title_of(name) if isinstance(name, str) else ""


def _beside(folder: PackageFolder, path: str) -> Iterator[PackageFile]:
    place, count = path.rpartition("/")[0] + "/", 0
    for other in folder.below(place):
        name = other.removeprefix(place)
        if "/" not in name and other != path and name.rpartition(".")[2].lower() in _SHOWN and count < _MOST_BESIDE:
            count += 1
            yield folder.file(other, name)
