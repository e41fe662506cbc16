"""Scripts that say by their first line what runs them."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from infrastructure.packages.program_languages import is_python_2

_FIRST_LINE = re.compile(rb"#![^\n]*?\b(python3|python|pypy3|bash|sh|perl|ruby|node)(?:[\d.]*)\b[^\n]*(?:\n|$)")
_PYTHON_2 = re.compile(rb"#![^\n]*python2[^\n]*(?=\n|$)")
_ENDINGS: Mapping[bytes, str] = MappingProxyType(
    {b"python3": ".py", b"python": ".py", b"pypy3": ".py", b"bash": ".sh", b"sh": ".sh", b"perl": ".pl",
     b"ruby": ".rb", b"node": ".js"}
)  # fmt: skip


def script_ending(name: str, head: bytes) -> str:
    """The ending that a script without one should have; "": it has one, or is no script."""
    found = _FIRST_LINE.match(head) if "." not in name else None
    return "" if found is None else _ENDINGS[found[1]]


def as_python_3(head: bytes) -> bytes:
    """Without a first line that asks for Python 2, where nothing else does."""
    rest = _PYTHON_2.sub(b"", head, count=1)
    return head if rest == head or is_python_2(rest) else rest
