import re

from domain.problems.entities import Slug
from infrastructure.http.api.pagination import bad_cursor, decode_cursor

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def slug_after(cursor: str | None) -> Slug | None:
    """The slug that a part of the list begins after. Raises Invalid."""
    if cursor is None:
        return None
    slug = decode_cursor(cursor)
    if not _SLUG.fullmatch(slug):
        raise bad_cursor()
    return Slug(slug)
