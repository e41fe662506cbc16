"""Rules for new keys."""

from collections.abc import Set as AbstractSet
from datetime import datetime

from domain.access.enums import Scope
from domain.exceptions import FieldError, Invalid

MAX_NAME_LENGTH = 100
HIGHEST_PRIORITY = 1000


def check_new_key(
    name: str, scopes: AbstractSet[Scope], max_priority: int, expires_at: datetime | None, now: datetime
) -> None:
    """Raises Invalid naming every bad field."""
    errors: list[FieldError] = []
    if not 1 <= len(name) <= MAX_NAME_LENGTH or not name.isprintable():
        errors.append(FieldError("/name", f"must have 1 to {MAX_NAME_LENGTH} printable characters"))
    if not scopes:
        errors.append(FieldError("/scopes", f"name at least one of {', '.join(Scope)}"))
    if not 0 <= max_priority <= HIGHEST_PRIORITY:
        errors.append(FieldError("/maxPriority", f"must be between 0 and {HIGHEST_PRIORITY}"))
    if expires_at is not None and (expires_at.tzinfo is None or expires_at <= now):
        errors.append(FieldError("/expiresAt", "must be a time in the future, with its offset from UTC"))
    if errors:
        raise Invalid(*errors)
