import asyncio
import time
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from application.exceptions import StorageUnavailable
from application.submissions.queue_watch import QueueFigures, QueueShare
from infrastructure.database.errors import storage_errors

KEPT_SECONDS = 3.0
PATIENCE_SECONDS = 3.0
"""Whoever scrapes is answered without these figures rather than late."""

FIGURES = text("""
SELECT
    (SELECT coalesce(jsonb_agg(to_jsonb(q)), '[]') FROM (
        SELECT priority, language, count(*) FILTER (WHERE worker_id IS NULL) AS waiting,
            count(*) FILTER (WHERE worker_id IS NOT NULL) AS running
        FROM queue GROUP BY priority, language
    ) AS q) AS queue,
    -- ids of jobs sort by time
    (SELECT extract(epoch FROM clock_timestamp() - jobs.created_at)::double precision FROM jobs WHERE jobs.id = (
        SELECT job_id FROM queue WHERE worker_id IS NULL ORDER BY job_id LIMIT 1
    )) AS oldest,
    live.*,
    (SELECT coalesce(jsonb_object_agg(status, number), '{}') FROM (
        SELECT status, count(*) AS number FROM imports WHERE status IN ('pending', 'proving') GROUP BY status
    ) AS i) AS imports
FROM (
    SELECT count(*) FILTER (WHERE complaint = '') AS workers, count(*) FILTER (WHERE complaint <> '') AS unfit,
        coalesce(sum(slots) FILTER (WHERE complaint = ''), 0) AS slots
    FROM workers WHERE heartbeat_at > clock_timestamp() - CAST(:lifetime AS interval)
) AS live
""")


class SqlQueueWatch:
    """``application.submissions.queue_watch.QueueWatch`` over PostgreSQL: one a process, one statement for all who ask
    within a few seconds.
    """

    def __init__(self, engine: AsyncEngine, worker_lifetime: timedelta) -> None:
        self._engine = engine
        self._worker_lifetime = worker_lifetime
        self._looked_at = float("-inf")
        self._found: QueueFigures | None = None
        self._lock = asyncio.Lock()

    async def look(self) -> QueueFigures | None:
        """None: the database is away."""
        async with self._lock:
            if time.monotonic() - self._looked_at > KEPT_SECONDS:
                self._found = await self._ask()
                self._looked_at = time.monotonic()
            return self._found

    async def _ask(self) -> QueueFigures | None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                with storage_errors():
                    async with self._engine.connect() as connection:
                        row = (await connection.execute(FIGURES, {"lifetime": self._worker_lifetime})).one()
        except (StorageUnavailable, TimeoutError):
            return None
        return QueueFigures(
            queue=[QueueShare(**share) for share in row.queue],
            oldest_seconds=max(row.oldest or 0.0, 0.0),
            workers=row.workers,
            unfit_workers=row.unfit,
            slots=row.slots,
            imports=row.imports,
        )
