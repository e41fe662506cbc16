"""``Accept``: which of a statement's formats a client would rather read."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import Header

Accept = Annotated[
    str | None,
    Header(max_length=2000, description="orders the formats when `format` is left out; what it does not name is last"),
]

_RANGES: Mapping[str, tuple[str, ...]] = {
    "html": ("text/html", "text/*", "*/*"),
    "markdown": ("text/markdown", "text/*", "*/*"),
    "pdf": ("application/pdf", "application/*", "*/*"),
    "latex": ("application/x-tex", "application/*", "*/*"),
}
_QUALITY = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)


def ordered(formats: Sequence[str], accept: str | None) -> list[str]:
    """All of them; where the header makes no difference, in the order given. What is not acceptable is last, since a
    text in another format helps more than none.
    """
    if not accept:
        return list(formats)
    qualities = dict(map(_range, accept.split(",")[:50]))
    return sorted(formats, key=lambda name: -next((qualities[r] for r in _RANGES[name] if r in qualities), 0.0))


def _range(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip() for piece in part.split(";"))
    found = next(filter(None, map(_QUALITY.fullmatch, parameters)), None)
    return name.lower(), float(found[1]) if found else 1.0
