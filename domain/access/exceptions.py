from domain.access.enums import Scope
from domain.exceptions import Forbidden, NotFound


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
