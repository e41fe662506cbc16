"""C++ that compilers of its day took: their headers brought others along, and ``gets`` was there."""

import re
from collections.abc import Sequence
from dataclasses import replace

from domain.languages.entities import LanguageId
from domain.runs.entities import SourceFile

CPP = ("cpp14", "cpp17", "cpp20", "cpp23")
STANDARD = LanguageId("cpp14")
_ENDINGS = (".cpp", ".cc", ".cxx", ".c++", ".C", ".CPP")
_UNDECLARED = re.compile(
    r"was not declared in this scope|is not a member of ‘std’|has incomplete type|does not name a type"
)
_PRELUDE = b'#include <bits/stdc++.h>\nextern "C" char *gets(char *);\n#line 1\n'


def is_older(language: LanguageId, complaint: str) -> bool:
    """Whether a compiler misses what it would have had from headers that the source does not name."""
    return language in CPP and _UNDECLARED.search(complaint) is not None


def with_all_headers(sources: Sequence[SourceFile]) -> tuple[SourceFile, ...]:
    """The same, each source with the whole standard library before it."""
    return tuple(
        replace(source, content=_PRELUDE + source.content) if source.name.endswith(_ENDINGS) else source
        for source in sources
    )
