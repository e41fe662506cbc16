"""``sol/grader.*`` and ``sol/stub.*``: what is compiled with a submission."""

import re
from collections.abc import Iterator

from domain.languages.entities import LanguageId
from domain.problems.files import Stub
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
_HEAD = 256 * 1024


def read_stubs(folder: PackageFolder, name: str, remarks: Remarks) -> Iterator[Stub]:
    """One for each language. CMS compiles C and C++ with ``EVAL`` defined: so it is here, if a solution asks for it."""
    beside = [p for p in folder.below("sol/") if p.count("/") == 1 and (is_header(p) or p.endswith("lib.pas"))]
    prologue = "#define EVAL 1\n" if _asks_for_eval(folder) else ""
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
        native |= set(languages) if is_native else set()
        yield Stub(
            languages=tuple(LanguageId(language) for language in languages),
            files=(folder.file(path), *(folder.file(other) for other in beside)),
            main=path.rpartition("/")[2],
            prologue=prologue if is_native else "",
            submission=None if is_native else name or None,
        )
    rest = tuple(LanguageId(language) for language in (*_C, *_CPP) if language not in native)
    if prologue and rest:
        yield Stub(languages=rest, files=(), prologue=prologue)


def _asks_for_eval(folder: PackageFolder) -> bool:
    paths = [*solution_paths(folder), *(p for p in folder.below("sol/") if p.startswith(("sol/grader.", "sol/stub.")))]
    return any(p.endswith((".c", ".cpp", ".cc")) and _EVAL.search(folder.head(p, _HEAD)) for p in paths)
