"""Resources that are compiled together with solutions: graders and their headers."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from domain.languages.entities import LanguageId
from domain.problems.files import PackageFile, Stub
from infrastructure.packages.inner_paths import find_file
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.remarks import Remarks
from infrastructure.packages.xml_tree import XmlElement

_TYPES: tuple[tuple[str, str], ...] = (
    ("cpp.g++17", "cpp17"), ("cpp.g++20", "cpp20"), ("cpp.g++23", "cpp23"), ("cpp.g++14", "cpp14"),
    ("c.gcc", "c17"), ("c.gcc", "c11"),
    ("h.g++", "cpp17"), ("h.g++", "cpp20"), ("h.g++", "cpp23"), ("h.g++", "cpp14"), ("h.g++", "c17"), ("h.g++", "c11"),
    ("java8", "java"), ("java11", "java"), ("java21", "java"), ("java.8", "java"), ("python.3", "python3"),
    ("python.pypy3", "pypy3"), ("pas.fpc", "pascal"), ("kotlin", "kotlin"), ("go", "go"), ("rust", "rust"),
    ("csharp.mono", "csharp"), ("d", "d"), ("haskell.ghc", "haskell"), ("ruby.2", "ruby"), ("php.5", "php"),
)  # fmt: skip


def read_stubs(folder: PackageFolder, root: XmlElement, file: str, remarks: Remarks) -> Iterator[Stub]:
    """One for each set of languages."""
    grouped: dict[tuple[LanguageId, ...], list[PackageFile]] = {}
    mains: dict[tuple[LanguageId, ...], str] = {}
    for element in root.all("files/resources/file"):
        assets = {(asset.get("name") or "").lower() for asset in element.all("assets/asset")}
        path = find_file(folder, element.get("path") or "")
        if path is None or not assets & {"solution", "solutions"}:
            continue
        name = path.rpartition("/")[2]
        languages = tuple(_languages_for(element.get("for-types") or element.get("type") or ""))
        if element.get("for-types") and not languages:
            remarks.warn(
                f"has a resource for {element.get('for-types')!r:.60}, of which the catalogue has none",
                file,
                element.line,
            )
            continue
        grouped.setdefault(languages, []).append(folder.file(path, name))
        if element.get("main") == "true":
            mains[languages] = name
    for languages, files in grouped.items():
        yield Stub(languages=languages, files=tuple(files), main=mains.get(languages))


def _languages_for(patterns: str) -> Iterator[LanguageId]:
    """``for-types="cpp.*;java11"`` as ids of the catalogue."""
    wanted = [p.strip().lower() for p in patterns.replace(",", ";").split(";") if p.strip()]
    wanted = ["cpp.*" if pattern.startswith("cpp") else pattern for pattern in wanted]
    found = [name for kind, name in _TYPES if any(fnmatchcase(kind, pattern[:64]) for pattern in wanted)]
    yield from (LanguageId(name) for name in dict.fromkeys(found))
