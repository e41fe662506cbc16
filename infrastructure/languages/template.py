"""Argument templates: ``{name}`` in an argument is a text, an argument that is only ``{name}`` may be several."""

import re
from collections.abc import Iterable, Mapping

Value = str | tuple[str, ...]

PLACEHOLDERS = frozenset({"sources", "others", "main", "stem", "class", "memory_mib", "stack_mib", "stack_kib"})
"""Those that a build fills in; executables and choices of the language come on top."""

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def placeholders(argv: Iterable[str]) -> set[str]:
    """The names that the templates use."""
    return {name for argument in argv for name in _PLACEHOLDER.findall(argument)}


def expand(argv: Iterable[str], values: Mapping[str, Value]) -> tuple[str, ...]:
    """Fill the templates in. Values are never looked into again, so that no source name can be a placeholder.

    Raises KeyError for a name without a value, TypeError for several values inside an argument.
    """
    expanded: list[str] = []
    for argument in argv:
        whole = _PLACEHOLDER.fullmatch(argument)
        if whole and isinstance(value := values[whole[1]], tuple):
            expanded.extend(value)
        else:
            expanded.append(_PLACEHOLDER.sub(lambda match: _text(match[1], values), argument))
    return tuple(expanded)


def _text(name: str, values: Mapping[str, Value]) -> str:
    value = values[name]
    if isinstance(value, tuple):
        raise TypeError(f"{{{name}}} stands for several arguments and must be one of its own")
    return value
