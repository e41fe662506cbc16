# ruff: noqa: INP001  # alembic runs this file; nobody imports it
"""How alembic runs: over the connection that ``infrastructure.database.migrations`` gives it, or one of its own."""

import asyncio
import pkgutil
from importlib import import_module
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from infrastructure.config import Config
from infrastructure.database import repositories
from infrastructure.database.postgres import Base
from infrastructure.database.types import EnumSet, JsonOf


def import_models() -> None:
    """Every model module of every repository, so that autogenerate sees all tables."""
    for module in pkgutil.walk_packages(repositories.__path__, f"{repositories.__name__}."):
        if module.name.endswith("models"):
            import_module(module.name)


def render_item(kind: str, item: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    """Migrations must not change with our code: they name the database's own types."""
    if kind == "type" and isinstance(item, JsonOf):
        autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
        return "postgresql.JSONB()"
    if kind == "type" and isinstance(item, EnumSet):
        return "sa.ARRAY(sa.Text())"
    return False


def run(connection: Connection) -> None:
    """All of an upgrade in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_by_itself() -> None:
    """For alembic's own command line."""
    url = Config().database_url
    if not url:
        message = "PROBA_DATABASE_URL is not set; for example postgresql+asyncpg://proba:proba@localhost:5432/proba"
        raise SystemExit(message)
    engine = create_async_engine(url, poolclass=NullPool)  # without the time limits of requests
    try:
        async with engine.connect() as connection:
            await connection.run_sync(run)
            await connection.commit()
    finally:
        await engine.dispose()


import_models()
if context.is_offline_mode():
    context.configure(dialect_name="postgresql", target_metadata=Base.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
elif (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    asyncio.run(run_by_itself())
