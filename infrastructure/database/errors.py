"""What the database raises, in the words of the inner layers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from asyncpg import InterfaceError, InternalClientError
from sqlalchemy.exc import DBAPIError, InvalidRequestError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from application.exceptions import StorageFull, StorageUnavailable
from domain.exceptions import Conflict, ProbaError

CONSTRAINTS: dict[str, Callable[[], ProbaError]] = {
    "uq_problems_slug": lambda: Conflict("another request has just taken this slug; try again"),
    "uq_revisions_problem_id_number": lambda: Conflict("another request has just changed this problem; try again"),
}
"""What a caller is told when one of these does not hold. Any other that breaks is our fault."""

DISK_FULL = ("53100",)
UNAVAILABLE = (
    "08",  # connection exceptions
    "53",  # too many connections, out of memory
    "57P",  # shutting down, starting up, crashed
    "57014",  # the statement took too long
    "55P03",  # so did waiting for a lock
    "25006",  # a standby, which only reads
    "25P03",  # idle in a transaction for too long
    "40",  # deadlock: whoever comes again gets through
)
LOST = "the database cannot be reached"
CLOSED_AGAIN = "This connection is closed"
"""What SQLAlchemy's pool says when a new connection, taken for one that had been closed, was closed as well."""


@contextmanager
def storage_errors() -> Iterator[None]:
    """Around everything that talks to the database. Raises StorageUnavailable, StorageFull, or a domain error."""
    try:
        yield
    except DBAPIError as error:
        raise (_translated(error) or error) from error
    except PoolTimeout as error:
        raise StorageUnavailable("every connection to the database is in use") from error
    except InvalidRequestError as error:
        if str(error) != CLOSED_AGAIN:
            raise
        raise StorageUnavailable(f"{LOST}: PostgreSQL closes every connection at once") from error
    except SQLAlchemyError:
        raise
    except OSError as error:  # connecting, or a time that ran out: asyncpg lets them through as they are
        raise StorageUnavailable(f"{LOST}: {error}" if str(error) else LOST) from error
    except Exception as error:
        state = getattr(error, "sqlstate", None)
        if broke_off(error) or (isinstance(state, str) and state.startswith(UNAVAILABLE)):
            raise StorageUnavailable(f"{LOST}: {error}") from error
        raise


def broke_off(error: BaseException | None) -> bool:
    """Whether asyncpg says that the server's answer ended in its middle: it is confused, or waits for the rest."""
    if isinstance(error, InternalClientError):
        return True
    return isinstance(error, InterfaceError) and "another operation is in progress" in str(error)


def _translated(error: DBAPIError) -> Exception | None:
    cause = error.orig.__cause__ if error.orig is not None else None
    state = getattr(error.orig, "sqlstate", None) or ""
    if state.startswith(DISK_FULL):
        return StorageFull(str(cause))
    lost = error.connection_invalidated or isinstance(cause, OSError) or broke_off(cause)
    if lost or state.startswith(UNAVAILABLE):
        return StorageUnavailable(f"{LOST}: {cause or error.orig}")
    known = CONSTRAINTS.get(getattr(cause, "constraint_name", None) or "")
    return known() if known else None
