"""Headers that setters' C and C++ programs include and do not bring: the operator's copies are put beside them."""

import re
from collections.abc import Mapping, Sequence

from domain.languages.entities import LanguageId
from domain.runs.entities import SourceFile

C_FAMILY = frozenset(map(LanguageId, ("c11", "c17", "cpp14", "cpp17", "cpp20", "cpp23")))
TESTLIB = "testlib.h"
TESTLIB_CURE = (
    f"it includes {TESTLIB}, which is neither in the package nor in this worker's PROBA_INCLUDE_DIR: put {TESTLIB} "
    "(github.com/MikeMirzayanov/testlib) into one of the two"
)
_INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*["<]([^">\r\n]{1,200})[">]', re.MULTILINE)


def with_headers(sources: tuple[SourceFile, ...], headers: Mapping[str, bytes]) -> tuple[SourceFile, ...]:
    """``sources``, and those of ``headers`` that they, or the headers that came in, include by their names."""
    names = {source.name for source in sources}
    added: list[SourceFile] = []
    looked_at: list[SourceFile] = list(sources)
    while looked_at:
        for name in _included(looked_at.pop().content):
            if name in headers and name not in names:
                names.add(name)
                added.append(SourceFile(name, headers[name]))
                looked_at.append(added[-1])
    return (*sources, *added)


def lacks_testlib(sources: Sequence[SourceFile]) -> bool:
    """Whether one of them includes it and none of them is it."""
    if any(_last(source.name) == TESTLIB for source in sources):
        return False
    return any(_last(name) == TESTLIB for source in sources for name in _included(source.content))


def _included(content: bytes) -> list[str]:
    return [name.decode(errors="replace") for name in _INCLUDE.findall(content)]


def _last(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]
