"""Patterns that name files and folders of a package."""


def matches_path(pattern: str, path: str) -> bool:
    """Whether ``pattern``, where "*" stands for any part of a name, names ``path`` or a folder that it lies in."""
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
