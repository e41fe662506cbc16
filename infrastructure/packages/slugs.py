"""Slugs and titles out of what a package calls itself."""

import re
import unicodedata

from domain.problems.entities import Slug

_MOST_TITLE = 256
_NOT_A_SLUG = re.compile(r"[^a-z0-9_-]+")


def slug_of(name: str) -> Slug | None:
    """The nearest slug; None: nothing of the name is left."""
    slug = _NOT_A_SLUG.sub("-", name.lower()).strip("-_")[:64]
    return Slug(slug) if slug else None


def title_of(text: str) -> str:
    """Without control characters, as long as titles may be."""
    return "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cs")).strip()[:_MOST_TITLE]
