"""The schema, brought up to date from within the program."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from infrastructure.database.errors import storage_errors
from infrastructure.database.postgres import CONNECT_SECONDS

SCRIPTS = Path(__file__).parent / "alembic"
LOCK = 0x70726F6261  # "proba"


async def migrate(url: str) -> None:
    """Upgrade to the newest schema. Several may do it at once: one does the work, the others wait for it.

    Raises StorageUnavailable.
    """
    engine = create_async_engine(url, poolclass=NullPool, connect_args={"timeout": CONNECT_SECONDS})
    try:
        with storage_errors():
            async with engine.connect() as guard, engine.connect() as connection:
                await guard.execution_options(isolation_level="AUTOCOMMIT")
                await guard.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
                await connection.run_sync(_upgrade)
                await connection.commit()
    finally:
        await engine.dispose()


async def is_current(engine: AsyncEngine) -> bool:
    """Whether the schema is that of this code. Raises StorageUnavailable."""
    with storage_errors():
        async with engine.connect() as connection:
            return set(await connection.run_sync(_current_heads)) == set(_script_heads())


def missing_revisions(connection: Connection) -> list[str]:
    """Those of this code that the database has not had, oldest first; [] when its schema is current."""
    script = ScriptDirectory.from_config(configuration())
    current = _current_heads(connection)
    had = {revision.revision for revision in script.iterate_revisions(current, "base")} if current else set()
    return [revision.revision for revision in script.walk_revisions() if revision.revision not in had][::-1]


def configuration() -> Config:
    """Of alembic, with our scripts."""
    settings = Config()
    settings.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    return settings


def _upgrade(connection: Connection) -> None:
    settings = configuration()
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")


def _current_heads(connection: Connection) -> tuple[str, ...]:
    return MigrationContext.configure(connection).get_current_heads()


def _script_heads() -> tuple[str, ...]:
    return tuple(ScriptDirectory.from_config(configuration()).get_heads())
