from dataclasses import dataclass

from domain.exceptions import Conflict


class IdempotencyKeyReused(Conflict):
    """The same key came with another request."""

    def __str__(self) -> str:
        return (
            "this Idempotency-Key was sent with another request (method, path, query or body) within the last 24 h; "
            "send a new request with a new key"
        )


@dataclass(eq=False)
class IdempotencyKeyInUse(Conflict):
    """The first request with this key is still in work."""

    retry_after_seconds: int = 1

    def __str__(self) -> str:
        return (
            f"the first request with this Idempotency-Key is still in work; try again in {self.retry_after_seconds} s"
        )
