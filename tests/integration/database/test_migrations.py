"""Up, down and up again through every revision; and what they make is what the models say."""

import asyncio
from collections.abc import Callable

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from infrastructure.database.migrations import is_current, migrate
from infrastructure.database.postgres import create_engine
from infrastructure.database.probe import DatabaseProbe

INI = "alembic.ini"
TABLES = text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'")


async def alembic(engine: AsyncEngine, step: Callable[[Config], None]) -> None:
    def run(connection: Connection) -> None:
        configuration = Config(INI)
        configuration.attributes["connection"] = connection
        step(configuration)

    async with engine.begin() as connection:
        await connection.run_sync(run)


async def test_stairway(empty_database_url: str) -> None:
    engine = create_engine(empty_database_url)
    revisions = [script.revision for script in ScriptDirectory.from_config(Config(INI)).walk_revisions()]
    assert revisions
    for revision in reversed(revisions):
        await alembic(engine, lambda c, r=revision: command.upgrade(c, r))  # type: ignore[misc]
        await alembic(engine, lambda c: command.downgrade(c, "-1"))
        await alembic(engine, lambda c, r=revision: command.upgrade(c, r))  # type: ignore[misc]
    await alembic(engine, lambda c: command.downgrade(c, "base"))
    async with engine.connect() as connection:
        assert (await connection.execute(TABLES)).scalar_one() == 0
    await engine.dispose()


async def test_the_models_are_what_the_migrations_make(engine: AsyncEngine) -> None:
    await alembic(engine, command.check)


async def test_every_constraint_of_the_models_is_there(engine: AsyncEngine) -> None:
    """Alembic's comparison does not see checks."""
    from infrastructure.database.postgres import Base

    async with engine.connect() as connection:
        names = set((await connection.execute(text("SELECT conname FROM pg_constraint"))).scalars())
        stored = set((await connection.execute(text("SELECT unnest(reloptions) FROM pg_class"))).scalars())
    wanted = {str(c.name) for table in Base.metadata.tables.values() for c in table.constraints}
    assert "ck_jobs_status" in wanted
    assert wanted <= names
    assert {"fillfactor=50", "autovacuum_vacuum_threshold=500"} <= stored


async def test_many_may_migrate_at_once(empty_database_url: str) -> None:
    engine = create_engine(empty_database_url)
    assert await is_current(engine) is False
    assert await DatabaseProbe(engine).trouble() == (
        "the database's schema is not that of this version: run './proba migrate'"
    )
    await asyncio.gather(*(migrate(empty_database_url) for _ in range(4)))
    assert await is_current(engine) is True
    assert await DatabaseProbe(engine).trouble() is None
    await engine.dispose()
