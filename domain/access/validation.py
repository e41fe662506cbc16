"""Rules for new keys."""

from datetime import datetime

from domain.access.entities import ApiKey
from domain.access.enums import Scope
from domain.access.rates import Rate
from domain.exceptions import FieldError, Invalid

MAX_NAME_LENGTH = 100
HIGHEST_PRIORITY = 1000
MAX_RATE = 1_000_000
MAX_QUOTA = 1_000_000_000


def check_key(key: ApiKey, now: datetime, *, check_expiry: bool = True) -> None:
    """A new key, or one as it shall be. Raises Invalid naming every bad field."""
    errors: list[FieldError] = []
    name, scopes, max_priority, expires_at = key.name, key.scopes, key.max_priority, key.expires_at
    if not 1 <= len(name) <= MAX_NAME_LENGTH or not name.isprintable():
        errors.append(FieldError("/name", f"must have 1 to {MAX_NAME_LENGTH} printable characters"))
    if not scopes:
        errors.append(FieldError("/scopes", f"name at least one of {', '.join(Scope)}"))
    if not 0 <= max_priority <= HIGHEST_PRIORITY:
        errors.append(FieldError("/maxPriority", f"must be between 0 and {HIGHEST_PRIORITY}"))
    if check_expiry and expires_at is not None and (expires_at.tzinfo is None or expires_at <= now):
        errors.append(FieldError("/expiresAt", "must be a time in the future, with its offset from UTC"))
    errors += [*_rate_errors("/requestRate", key.request_rate), *_rate_errors("/submissionRate", key.submission_rate)]
    if key.daily_quota is not None and not 1 <= key.daily_quota <= MAX_QUOTA:
        errors.append(FieldError("/dailyQuota", f"must be between 1 and {MAX_QUOTA}, or null for no quota"))
    if errors:
        raise Invalid(*errors)


def _rate_errors(pointer: str, rate: Rate | None) -> list[FieldError]:
    if rate is None:
        return []
    numbers = (("limit", rate.limit), ("burst", rate.burst))
    return [
        FieldError(f"{pointer}/{name}", f"must be between 1 and {MAX_RATE}")
        for name, number in numbers
        if not 1 <= number <= MAX_RATE
    ]
