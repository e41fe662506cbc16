"""What priority a key may ask for."""

from domain.access.entities import ApiKey
from domain.exceptions import Invalid

MIN_PRIORITY = -100
REJUDGE_PRIORITY = -10
"""Unless asked for otherwise: what is sent in meanwhile goes first."""


def check_priority(key: ApiKey, priority: int) -> None:
    """Raises Invalid."""
    if not MIN_PRIORITY <= priority <= key.max_priority:
        raise Invalid.field(
            "/priority",
            f"must be between {MIN_PRIORITY} and {key.max_priority}, the highest that this key may ask for",
        )
