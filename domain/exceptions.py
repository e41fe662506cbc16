"""Base errors of the domain.

ProbaError
├── NotFound        what was asked for does not exist, or the caller may not know that it does
├── Conflict        the request contradicts what is stored
├── Invalid         a value breaks a rule; carries the field's JSON pointer and a hint
├── TooLarge        a size limit was passed; a kind of Invalid with its own status
├── Unauthenticated no key, or one that is not valid
├── Forbidden       the key may not do this
├── TooMany         this key has had its share; says when to try again
└── Overloaded      the service cannot take more now; says when to try again

Errors hold data and ``__str__`` renders them. Modules inherit from these; one table in
``infrastructure/http`` turns the kind into a status.
"""

from dataclasses import dataclass


class ProbaError(Exception):
    """Base of everything a caller may be told."""

    @property
    def code(self) -> str:
        """Stable machine-readable name of the error: the class name in snake_case."""
        name = type(self).__name__
        return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))


@dataclass(eq=False)
class NotFound(ProbaError):
    """``kind`` is a noun ("submission"), ``key`` what the caller asked with."""

    kind: str
    key: str

    def __str__(self) -> str:
        return f"no {self.kind} {self.key!r}"


class Conflict(ProbaError):
    """The request contradicts what is stored."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One bad value: ``pointer`` is a JSON pointer (RFC 6901) into the request's body, or a query field's name."""

    pointer: str
    detail: str


class Invalid(ProbaError):
    """One or more values break a rule."""

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(*errors)
        self.errors = errors

    @classmethod
    def field(cls, pointer: str, detail: str) -> "Invalid":
        """An error about a single field."""
        return cls(FieldError(pointer, detail))

    def __str__(self) -> str:
        return "; ".join(f"{e.pointer}: {e.detail}" for e in self.errors)


class TooLarge(Invalid):
    """A size limit was passed."""


class Unauthenticated(ProbaError):
    """No key, or one that is not valid."""

    def __str__(self) -> str:
        return "send a valid API key as 'Authorization: Bearer <key>'"


class Forbidden(ProbaError):
    """The key may not do this."""


@dataclass(eq=False)
class Overloaded(ProbaError):
    """The service cannot take more now."""

    detail: str
    retry_after_seconds: int

    def __str__(self) -> str:
        return self.detail


class TooMany(ProbaError):
    """The key has had its share for now."""

    retry_after_seconds: int
