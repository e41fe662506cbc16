"""Languages of programs inside packages, by their files' endings; docs/languages.md names those of the catalogue."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from domain.languages.entities import LanguageId

_OF_ENDING: Mapping[str, str] = MappingProxyType(
    {
        "c": "c17", "cc": "cpp20", "cpp": "cpp20", "cxx": "cpp20", "c++": "cpp20", "C": "cpp20", "cs": "csharp",
        "d": "d", "go": "go", "hs": "haskell", "java": "java", "js": "javascript", "kt": "kotlin", "lua": "lua",
        "ml": "ocaml", "pas": "pascal", "pm": "perl", "php": "php", "py": "python3",
        "py2": "python2", "py3": "python3", "r": "r", "R": "r",
        "rb": "ruby", "rs": "rust", "sh": "bash", "tcl": "tcl", "ts": "typescript",
    }
)  # fmt: skip
_FOREIGN: Mapping[str, str] = MappingProxyType(
    {
        "scala": "Scala", "sc": "Scala", "f90": "Fortran", "f": "Fortran", "adb": "Ada",
        "cob": "COBOL",
        "fs": "F#", "lisp": "Common Lisp", "cl": "Common Lisp", "m": "Objective-C", "swift": "Swift", "jl": "Julia",
        "dart": "Dart", "ex": "Elixir", "erl": "Erlang", "nim": "Nim", "zig": "Zig", "vb": "Visual Basic",
        "ceylon": "Ceylon",
        "groovy": "Groovy", "clj": "Clojure", "rkt": "Racket", "scm": "Scheme", "cr": "Crystal", "apl": "APL",
        "bas": "Basic",
        "viva": "VIVA", "ctd": "Checktestdata", "dpr": "Delphi", "asm": "assembler", "s": "assembler", "awk": "awk",
    }
)  # fmt: skip
_HEADERS = frozenset({"h", "hpp", "hh", "hxx", "inc", "inl"})
_PYTHON_2 = re.compile(rb"#!.*python2")
_PYTHON_3 = re.compile(rb"#!.*python3")
_ONLY_IN_PYTHON_2 = re.compile(
    rb"(?:^|[:;])[ \t]*print[ \t]+(?:[\"'%\w]|>>)|\bxrange[ \t]*\(|\braw_input[ \t]*\("
    rb"|^[ \t]*except[ \t]+[\w.]+[ \t]*,[ \t]*\w+[ \t]*:|\bsys\.maxint\b|\.(?:has_key|iteritems|itervalues)\(",
    re.MULTILINE,
)
_TEXT = re.compile(rb'(?:"""|\'\'\').*?(?:"""|\'\'\')|#[^\n]*', re.DOTALL)
_MADE_FIT = re.compile(
    rb"\b(?:xrange|raw_input)[ \t]*=|\bdef[ \t]+(?:xrange|raw_input)\b|\bNameError\b|\bversion_info\b"
)
_PERL = re.compile(rb"^#!.*perl|^\s*(use|my|sub)\s|[$@%]\w+\s*=", re.MULTILINE)


def language_of(files: Mapping[str, bytes]) -> tuple[LanguageId | None, str]:
    """The language that most of the files (names → their first bytes) belong to, and its name for people.

    (None, "Scala"): a language that the catalogue does not have. (None, ""): nothing here is a source file.
    """
    counts: dict[tuple[LanguageId | None, str], int] = {}
    for name, head in files.items():
        found = _of_file(name, head)
        if found is not None:
            counts[found] = counts.get(found, 0) + 1
    if not counts:
        return None, ""
    # C beside C++ is part of it
    return max(counts, key=lambda found: (counts[found] + 1000 * (found[0] == "cpp20"), found[0] is not None))


def _of_file(name: str, head: bytes) -> tuple[LanguageId | None, str] | None:
    ending = name.rpartition(".")[2] if "." in name else ""
    ending = ending.lower() if len(ending) > 1 else ending
    if ending == "py" and is_python_2(head):
        return LanguageId("python2"), "Python 2"
    if ending == "pl":  # Prolog for Kattis, Perl for DOMjudge
        return (LanguageId("perl"), "perl") if _PERL.search(head) else (None, "Prolog")
    language = _OF_ENDING.get(ending)
    if language is not None:
        return LanguageId(language), language
    foreign = _FOREIGN.get(ending)
    return None if foreign is None else (None, foreign)


def is_python_2(source: bytes) -> bool:
    """Whether Python 3 cannot run a source: by its first line, or by what only Python 2 has."""
    if _PYTHON_3.match(source):
        return False
    if _PYTHON_2.match(source):
        return True
    code = _TEXT.sub(b"", source)
    return _ONLY_IN_PYTHON_2.search(code) is not None and _MADE_FIT.search(code) is None


def family(language: LanguageId) -> tuple[LanguageId, ...]:
    """Those of the catalogue that compile the same sources: what is said of C++ holds for each of its standards."""
    return next((group for group in _FAMILIES if language in group), (language,))


_FAMILIES: tuple[tuple[LanguageId, ...], ...] = tuple(
    tuple(LanguageId(name) for name in names.split())
    for names in ("c17 c11", "cpp20 cpp17 cpp23 cpp14", "python3 pypy3", "javascript", "java")
)
_OF_CODE: Mapping[str, str] = MappingProxyType(
    {"c": "c17", "cpp": "cpp20", "python2": "python2", "python3": "python3", "python": "python3",
     "csharp": "csharp", "pypy": "pypy3", "javascript": "javascript", "typescript": "typescript"}
)  # fmt: skip


def languages_of_code(code: str, known: Iterable[LanguageId]) -> tuple[LanguageId, ...]:
    """A language code of the package formats ("cpp", "java") as ids of the catalogue; empty: none of them."""
    language = LanguageId(_OF_CODE.get(code, code))
    return tuple(member for member in family(language) if member in set(known))


CATALOGUE_IDS = frozenset(
    LanguageId(name) for name in (*_OF_ENDING.values(), "c11", "cpp14", "cpp17", "cpp23", "perl", "pypy3", "sqlite")
)
"""Every id of the catalogue; a test holds it to the folders."""


def is_header(name: str) -> bool:
    """Whether a file is only there to be included."""
    return name.rpartition(".")[2] in _HEADERS
