from domain.access.enums import Scope
from domain.access.rates import Rate
from domain.exceptions import Conflict, Forbidden, NotFound, TooMany


class ApiKeyNotFound(NotFound):
    """No such key."""

    def __init__(self, key: str) -> None:
        super().__init__("key", key)


class MissingScope(Forbidden):
    """The key lacks every scope that would do."""

    def __init__(self, scopes: tuple[Scope, ...]) -> None:
        super().__init__(scopes)
        self.scopes = scopes

    def __str__(self) -> str:
        return f"this key lacks the scope {' or '.join(repr(str(s)) for s in self.scopes)}"


class ApiKeyRevoked(Conflict):
    """It was revoked; nothing about it can change any more."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key

    def __str__(self) -> str:
        return f"the key {self.key!r} is revoked; make a new one"


class RateExceeded(TooMany):
    """Requests or submissions come faster than the key may send them."""

    def __init__(self, what: str, rate: Rate, retry_after_seconds: int) -> None:
        super().__init__(what, rate)
        self.what, self.rate, self.retry_after_seconds = what, rate, retry_after_seconds

    def __str__(self) -> str:
        return (
            f"this key may send {self.rate.limit} {self.what} a {self.rate.per} and {self.rate.burst} at once; "
            f"try again in {self.retry_after_seconds} s"
        )


class QuotaExceeded(TooMany):
    """The day's submissions are used up."""

    def __init__(self, quota: int, used: int, count: int, retry_after_seconds: int) -> None:
        super().__init__(quota, used, count)
        self.quota, self.used, self.count, self.retry_after_seconds = quota, used, count, retry_after_seconds

    def __str__(self) -> str:
        return (
            f"this key may send {self.quota} submissions a day (UTC) and has sent {self.used}: {self.count} more are "
            f"too many; the next day begins in {self.retry_after_seconds} s"
        )
