"""Where what is being done now was asked for."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """The request's id and the address that it came from; both None outside of requests."""

    request_id: str | None = None
    client: str | None = None


ORIGIN: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039  # it is frozen
"""Set by the edge for each request; read by what remembers acts."""
