"""Patterns that name files and folders of a package."""

import re

_MOST_ALTERNATIVES = 256
_BRACES = re.compile(r"\{([^{}]*)\}")


def matches_path(pattern: str, path: str) -> bool:
    """Whether ``pattern``, where "*" stands for any part of a name and "{a,b}" for either, names ``path`` or a folder
    that it lies in.
    """
    return any(_matches(one, path) for one in alternatives(pattern))


def alternatives(pattern: str) -> list[str]:
    """``{a, b}.py`` → ``a.py``, ``b.py``; at most 256."""
    waiting, done = [pattern], list[str]()
    while waiting and len(done) + len(waiting) <= _MOST_ALTERNATIVES:
        one = waiting.pop()
        found = _BRACES.search(one)
        if found is None:
            done.append(one)
        else:
            waiting.extend(one[: found.start()] + choice.strip() + one[found.end() :] for choice in found[1].split(","))
    return done


def _matches(pattern: str, path: str) -> bool:
    wanted, parts = pattern.strip("/").split("/"), path.split("/")
    return len(wanted) <= len(parts) and all(map(_matches_name, wanted, parts))


def _matches_name(pattern: str, name: str) -> bool:
    first, *rest = pattern.split("*")
    if not rest:
        return name == first
    *middle, last = rest
    if not name.startswith(first) or not name.endswith(last) or len(name) < len(first) + len(last):
        return False
    at, end = len(first), len(name) - len(last)
    for piece in middle:
        at = name.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True
