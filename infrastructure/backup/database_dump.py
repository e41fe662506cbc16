"""The tables as COPY writes them, through our own driver: nothing has to be installed, and the server may be of any
version that the schema runs on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.script import ScriptDirectory
from asyncpg.exceptions import DataError, IntegrityConstraintViolationError
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from infrastructure.backup.archive import ArchiveDamaged
from infrastructure.database.blob_references import digests_of
from infrastructure.database.migrations import configuration
from infrastructure.database.postgres import Base

TABLES = text("""
SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND c.relname <> 'alembic_version'
GROUP BY c.relname ORDER BY c.relname
""")
FOREIGN_KEYS = text("""
SELECT conrelid::regclass::text AS table, conname AS name, pg_get_constraintdef(oid) AS definition
FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
""")
SEQUENCES = text("""
SELECT t.relname AS table, a.attname AS column, s.oid::regclass::text AS sequence
FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('i', 'a')
JOIN pg_class t ON t.oid = d.refobjid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE s.relkind = 'S' AND s.relnamespace = current_schema()::regnamespace
""")


@dataclass(frozen=True, slots=True)
class Dump:
    """``tables``: columns by table, in the order of their files; ``digests``: of the blobs that the rows name."""

    schema: str
    tables: Mapping[str, Sequence[str]]
    digests: set[bytes]


async def dump(connection: AsyncConnection, directory: Path) -> Dump:
    """Each table into a file of its name, all of one snapshot."""
    await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
    schema: str = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one()
    tables = {row.name: row.columns for row in await connection.execute(TABLES)}
    driver = await _driver(connection)
    for name, columns in tables.items():
        await driver.copy_from_table(name, columns=columns, output=str(directory / name), format="binary")
    return Dump(schema, tables, await digests_of(connection))


async def is_empty(connection: AsyncConnection) -> bool:
    """Whether nothing was ever stored: no schema, or one without keys, problems and submissions."""
    tables = {row.name for row in await connection.execute(TABLES)}
    for name in tables & {"api_keys", "problems", "submissions"}:
        if (await connection.execute(text(f"SELECT EXISTS (SELECT FROM {name})"))).scalar_one():  # noqa: S608
            return False
    return True


async def foreign_tables(connection: AsyncConnection) -> list[str]:
    """Those that no version of ours up to this one has made: of somebody else, or of a newer version."""
    return [row.name for row in await connection.execute(TABLES) if row.name not in Base.metadata.tables]


def is_known(schema: str) -> bool:
    """Whether this version can make that schema."""
    return any(one.revision == schema for one in ScriptDirectory.from_config(configuration()).walk_revisions())


async def load(connection: AsyncConnection, directory: Path, dumped: Dump) -> None:
    """In place of everything that is there, in the connection's transaction: all of it, or nothing. Raises
    ArchiveDamaged.
    """
    for row in (await connection.execute(TABLES)).all():
        await connection.execute(text(f'DROP TABLE "{row.name}" CASCADE'))
    await connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    await connection.run_sync(_upgrade, dumped.schema)
    made = {row.name: set(row.columns) for row in await connection.execute(TABLES)}
    if made != {
        name: set(columns) for name, columns in dumped.tables.items()
    }:  # else COPY would look for them elsewhere
        raise ArchiveDamaged(f"its tables are not those of its schema {dumped.schema}")
    keys = (await connection.execute(FOREIGN_KEYS)).all()
    for key in keys:  # rows refer to each other in circles
        await connection.execute(text(f'ALTER TABLE {key.table} DROP CONSTRAINT "{key.name}"'))
    driver = await _driver(connection)
    for name, columns in dumped.tables.items():
        try:
            await driver.copy_to_table(name, columns=columns, source=str(directory / name), format="binary")
        except (DataError, IntegrityConstraintViolationError) as error:
            raise ArchiveDamaged(f"table {name}: {error}") from error
    for key in keys:
        try:
            await connection.execute(text(f'ALTER TABLE {key.table} ADD CONSTRAINT "{key.name}" {key.definition}'))
        except IntegrityError as error:
            raise ArchiveDamaged(f"rows of table {key.table} refer to what is not there: {key.name}") from error
    for row in (await connection.execute(SEQUENCES)).all():
        highest = f'SELECT setval(\'{row.sequence}\', greatest(max("{row.column}"), 1)) FROM "{row.table}"'  # noqa: S608
        await connection.execute(text(highest))
    await connection.run_sync(_upgrade, "head")


def _upgrade(connection: Connection, revision: str) -> None:
    settings = configuration()
    settings.attributes["connection"] = connection
    command.upgrade(settings, revision)


async def _driver(connection: AsyncConnection) -> Any:
    """Asyncpg's own connection: it knows COPY."""
    return (await connection.get_raw_connection()).driver_connection
