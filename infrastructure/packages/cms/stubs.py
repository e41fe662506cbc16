"""``sol/grader.*`` and ``sol/stub.*``: what is compiled with a submission."""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator

from domain.languages.entities import LanguageId
from domain.problems.files import PackageFile, Stub
from infrastructure.packages.cms.solutions import solution_paths
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.program_languages import is_header
from infrastructure.packages.remarks import Remarks

_C, _CPP = ("c17", "c11"), ("cpp17", "cpp20", "cpp23", "cpp14")
_LANGUAGES = {
    "c": _C, "cpp": _CPP, "cc": _CPP, "java": ("java",), "py": ("python3", "pypy3"), "pas": ("pascal",),
    "cs": ("csharp",), "rs": ("rust",), "go": ("go",), "hs": ("haskell",), "php": ("php",), "kt": ("kotlin",),
}  # fmt: skip
_NAMES = ("grader", "stub")
_EVAL = re.compile(rb"^\s*#\s*(?:ifn?def\s+EVAL\b|(?:el)?if\b.*\bEVAL\b)", re.MULTILINE)
_EVAL_OF_PASCAL = re.compile(rb"\{\$\s*(?:ifn?def\s+EVAL\b|(?:else)?if\b[^}]*\bEVAL\b)", re.IGNORECASE)
_DEFINED, _DEFINED_FOR_PASCAL = "#define EVAL 1\n", "{$define EVAL}"
_HEAD = 256 * 1024
_MOST_GRADER = 4 * 1024 * 1024


def read_stubs(folder: PackageFolder, name: str, remarks: Remarks) -> Iterator[Stub]:
    """One for each language. CMS compiles C, C++ and Pascal with ``EVAL`` defined: so it is here, in graders and in
    what is handed in, if a grader or a solution asks for it.
    """
    beside = [p for p in folder.below("sol/") if p.count("/") == 1 and (is_header(p) or p.endswith("lib.pas"))]
    prologue = _DEFINED if _asks_for_eval(folder, (".c", ".cpp", ".cc"), _EVAL) else ""
    of_pascal = _DEFINED_FOR_PASCAL if _asks_for_eval(folder, (".pas",), _EVAL_OF_PASCAL) else ""
    native: set[str] = set()
    for path in folder.below("sol/"):
        stem, _, ending = path.removeprefix("sol/").rpartition(".")
        if stem not in _NAMES or is_header(path):
            continue
        languages = _LANGUAGES.get(ending)
        if languages is None:
            remarks.warn("is for a language that the catalogue does not have", folder.prefix + path)
            continue
        if languages == _C and not any(f"sol/{stem}.{other}" in folder.files for other in ("cpp", "cc")):
            languages = (*_C, *_CPP)
        is_native = languages[0] in (*_C, *_CPP)
        native |= set(languages)
        defined = {"pas": of_pascal}.get(ending, prologue if is_native else "")
        yield Stub(
            languages=tuple(LanguageId(language) for language in languages),
            files=(
                _with(folder, path, defined),
                *(_with(folder, other, "" if is_header(other) else of_pascal) for other in beside),
            ),
            main=path.rpartition("/")[2],
            prologue=defined,
            submission=None if is_native else name or None,
        )
    rest = tuple(LanguageId(language) for language in (*_C, *_CPP) if language not in native)
    if prologue and rest:
        yield Stub(languages=rest, files=(), prologue=prologue)
    if of_pascal and "pascal" not in native:
        yield Stub(languages=(LanguageId("pascal"),), files=(), prologue=of_pascal)


def _with(folder: PackageFolder, path: str, defined: str) -> PackageFile:
    if not defined:
        return folder.file(path)
    line = b"" if path.endswith(".pas") else b"#line 1\n"
    source = folder.data(path, _MOST_GRADER).removeprefix(BOM_UTF8)
    return PackageFile(path.rpartition("/")[2], folder.add(defined.encode() + line + source))


def _asks_for_eval(folder: PackageFolder, endings: tuple[str, ...], mark: "re.Pattern[bytes]") -> bool:
    paths = [*solution_paths(folder), *(p for p in folder.below("sol/") if p.startswith(("sol/grader.", "sol/stub.")))]
    return any(p.endswith(endings) and mark.search(folder.head(p, _HEAD)) for p in paths)
