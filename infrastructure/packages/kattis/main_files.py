"""Which file of a program in several files it starts with, where its language starts by a file."""

import re
from collections.abc import Mapping

from domain.languages.entities import LanguageId
from infrastructure.packages.program_languages import language_of

_LIKELY = re.compile(r"main|valid|check|judge|grade|interact", re.IGNORECASE)
_NAMES_ANOTHER = re.compile(rb"\b(?:import|from|require|require_relative|use|uses|mod)\b([^\n;]*)")
_WORD = re.compile(rb"\w+")


def main_file(language: LanguageId | None, heads: Mapping[str, bytes], path: str) -> str | None:
    """``heads``: names → their first bytes. ``main.*``, else one that is named as the program at ``path`` is, else one
    that no other names, a likely name first; None: the language is not known.
    """
    if language is None:
        return None
    sources = sorted(name for name, head in heads.items() if language_of({name: head})[0] == language)
    of_stem = {_stem(name): name for name in reversed(sources)}
    for stem in ("main", "__main__", _stem(path)):
        if stem in of_stem:
            return of_stem[stem]
    named = {word for head in heads.values() for line in _NAMES_ANOTHER.findall(head) for word in _WORD.findall(line)}
    first = [name for name in sources if _stem(name).encode() not in named] or sources
    return min(first, key=lambda name: (_LIKELY.search(name) is None, name), default=None)


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0].lower()
