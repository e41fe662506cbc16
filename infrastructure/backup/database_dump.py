"""The tables as COPY writes them, through our own driver: nothing has to be installed, and the server may be of any
version that the schema runs on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from infrastructure.database.blob_references import digests_of
from infrastructure.database.migrations import configuration

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


async def load(connection: AsyncConnection, directory: Path, dumped: Dump) -> None:
    """In place of everything that is there, in the connection's transaction: all of it, or nothing."""
    for row in (await connection.execute(TABLES)).all():
        await connection.execute(text(f'DROP TABLE "{row.name}" CASCADE'))
    await connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    await connection.run_sync(_upgrade, dumped.schema)
    keys = (await connection.execute(FOREIGN_KEYS)).all()
    for key in keys:  # rows refer to each other in circles
        await connection.execute(text(f'ALTER TABLE {key.table} DROP CONSTRAINT "{key.name}"'))
    driver = await _driver(connection)
    for name, columns in dumped.tables.items():
        await driver.copy_to_table(name, columns=columns, source=str(directory / name), format="binary")
    for key in keys:
        await connection.execute(text(f'ALTER TABLE {key.table} ADD CONSTRAINT "{key.name}" {key.definition}'))
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
