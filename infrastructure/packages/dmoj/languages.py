"""DMOJ's executors as languages of the catalogue."""

import re
from collections.abc import Mapping

from domain.languages.entities import LanguageId

_EXECUTORS: Mapping[str, str] = {
    "C": "c17", "C11": "c11", "C17": "c17", "CLANG": "c17", "CPP": "cpp17", "CPP03": "cpp17", "CPP11": "cpp17",
    "CPP14": "cpp17", "CPP17": "cpp17", "CPP20": "cpp20", "CPP23": "cpp23", "CPP0X": "cpp17", "CLANGX": "cpp17",
    "CPPTHEMIS": "cpp17",
    "PY2": "python2", "PYPY2": "python2", "PY3": "python3", "PYPY3": "pypy3", "PAS": "pascal",
    "PASCAL": "pascal", "GO": "go", "RUST": "rust",
    "HASK": "haskell", "MONOCS": "csharp", "DOTNETCS": "csharp", "KOTLIN": "kotlin", "PHP": "php", "PERL": "perl",
    "LUA": "lua", "OCAML": "ocaml", "R": "r", "D": "d", "TCL": "tcl", "V8JS": "javascript", "NODEJS": "javascript",
    "SQLITE": "sqlite", "BASH": "bash", "TS": "typescript",
}  # fmt: skip


def language_of_executor(name: str) -> LanguageId | None:
    """None: the catalogue does not have it."""
    name = name.strip().upper()
    if re.fullmatch(r"JAVA\d*", name):
        return LanguageId("java")
    if re.fullmatch(r"(RUBY|RB)\d*", name):
        return LanguageId("ruby")
    found = _EXECUTORS.get(name)
    return None if found is None else LanguageId(found)
