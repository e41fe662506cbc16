"""What every line of the log tells beside its message, wherever it is written: job, submission, attempt."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

LOG_FIELDS: ContextVar[Mapping[str, str]] = ContextVar("log_fields", default=MappingProxyType({}))


@contextmanager
def log_fields(**fields: object) -> Iterator[None]:
    """Until the end of the block, in this task and those that it starts."""
    token = LOG_FIELDS.set({**LOG_FIELDS.get(), **{name: str(value) for name, value in fields.items()}})
    try:
        yield
    finally:
        LOG_FIELDS.reset(token)
