"""The engine, and the base of all models."""

from sqlalchemy import MetaData, event
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from infrastructure.database.errors import broke_off

CONNECT_SECONDS = 5
POOL_WAIT_SECONDS = 10
STATEMENT_SECONDS = 30
ANSWER_SECONDS = 35
"""Longer than the server itself takes to give up: only a lost network lets it pass."""
IDLE_IN_TRANSACTION_SECONDS = 60


class Base(DeclarativeBase):
    """Constraints are named by convention, so that migrations and errors can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def create_engine(url: str, pool_size: int = 10) -> AsyncEngine:
    """Connects when it is first used; at most ``pool_size`` connections. Dispose of it at the end."""
    engine = create_async_engine(
        url,
        hide_parameters=True,  # they are what clients sent: sources, names, tests
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_WAIT_SECONDS,
        pool_use_lifo=True,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "command_timeout": ANSWER_SECONDS,
            "server_settings": {
                "application_name": "proba",
                # planning costs more than PostgreSQL thinks: by its own figure (0.0025) it plans the statement that
                # stores a submission anew each time, for longer than that runs
                "cpu_operator_cost": "0.01",
                "jit": "off",  # compiling a plan takes longer than any of ours runs
                "statement_timeout": f"{STATEMENT_SECONDS}s",
                "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_SECONDS}s",
            },
        },
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    event.listen(engine.sync_engine, "handle_error", _discard_confused)
    return engine


def create_sessionmaker(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Sessions whose rows stay readable after a commit, and that write only when told to."""
    return async_sessionmaker(engine, expire_on_commit=False, autoflush=False)


def _refuse_closed(connection: DBAPIConnection, _: ConnectionPoolEntry, __: PoolProxiedConnection) -> None:
    """After a restart of PostgreSQL every idle connection has been closed by it, which asyncpg has noticed: the pool
    starts anew, and nobody gets an error. Unlike a ping this costs no round trip.
    """
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError("PostgreSQL has closed the connection")


def _discard_confused(context: ExceptionContext) -> None:
    """A connection whose answer broke off in its middle is of no use to anybody, though asyncpg does not call it closed
    yet: SQLAlchemy would give it back to the pool, for the next one to fail on.
    """
    if broke_off(context.original_exception.__cause__) and not context.is_disconnect:
        context.is_disconnect = True
        context.invalidate_pool_on_disconnect = False  # the others are well
