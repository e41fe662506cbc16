"""``unbuffered: true``: DMOJ's judge loads a library into the submission so that its output needs no flush. Here the
same is said before its sources, in the languages whose output would wait.
"""

from collections.abc import Iterator

from domain.languages.entities import LanguageId
from domain.problems.files import Stub

_NATIVE = (
    "#include <stdio.h>\n"
    "static void __attribute__((constructor)) proba_unbuffered(void) { setvbuf(stdout, 0, _IONBF, 0); }\n"
    "#line 1\n"
)
_PYTHON = "import sys, io; sys.stdout = io.TextIOWrapper(io.FileIO(1, 'w', closefd=False), write_through=True)\n"
_OF_LANGUAGES = (
    (("c11", "c17", "cpp17", "cpp20", "cpp23"), _NATIVE),
    (("python3", "pypy3"), _PYTHON),
)


def unbuffered_stubs() -> Iterator[Stub]:
    """What makes output go out at once."""
    for languages, prologue in _OF_LANGUAGES:
        yield Stub(languages=tuple(LanguageId(name) for name in languages), files=(), prologue=prologue)
