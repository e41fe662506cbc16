import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from application.exceptions import StorageUnavailable
from infrastructure.database.migrations import is_current

PATIENCE_SECONDS = 3.0


class DatabaseProbe:
    """``application.health.probe.Probe`` of PostgreSQL and of the schema in it."""

    name = "database"

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def trouble(self) -> str | None:
        """None when it answers in time and its schema is that of this code."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                current = await is_current(self._engine)
        except TimeoutError:
            return f"PostgreSQL has not answered within {PATIENCE_SECONDS:g} s"
        except StorageUnavailable:
            return "PostgreSQL cannot be reached"
        return None if current else "the database's schema is not that of this version: run './proba migrate'"
