"""Cursors: opaque to clients, for us the last item's key."""

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, TypeVar

from fastapi import Query

from domain.exceptions import Invalid

T = TypeVar("T")

Limit = Annotated[int, Query(ge=1, le=100, description="how many items at most")]
Cursor = Annotated[
    str | None, Query(max_length=200, description="`nextCursor` of the part before; left out: from the start")
]


def encode_cursor(key: str) -> str:
    """The cursor after the item with this key."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    """The key. Raises Invalid."""
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (ValueError, binascii.Error):
        raise bad_cursor() from None


def bad_cursor() -> Invalid:
    """What is told of a cursor that we have not made."""
    return Invalid.field("cursor", "not a cursor that this service has given; start without one")


def slice_page(items: Sequence[T], limit: int, cursor: str | None) -> tuple[Sequence[T], str | None]:
    """A part of a list that is at hand as a whole, with the next cursor. Raises Invalid."""
    start = start_of(cursor)
    end = start + limit
    return items[start:end], encode_cursor(str(end)) if end < len(items) else None


def start_of(cursor: str | None) -> int:
    """The place that a part of a list begins at. Raises Invalid."""
    if cursor is None:
        return 0
    key = decode_cursor(cursor)
    if not key.isdecimal() or len(key) > 9:
        raise bad_cursor()
    return int(key)
