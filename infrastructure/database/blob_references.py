from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from infrastructure.database.errors import storage_errors

DIGESTS = (("test_cases", "input_digest"), ("test_cases", "answer_digest"), ("imports", "package_digest"))
IN_JSON = (
    ("revisions", "groups"),
    ("revisions", "checker"),
    ("revisions", "setup"),
    ("revisions", "material"),
    ("test_cases", "extras"),
)
"""Every column that names blobs; a test holds them complete. In JSON a blob is an object with ``digest`` in base 64."""

ALL = text(
    " UNION ".join(
        [f"SELECT {column} AS digest FROM {table}" for table, column in DIGESTS]  # noqa: S608  # names of our own
        + [
            f"SELECT decode(jsonb_path_query({column}, '$.**.digest') #>> '{{}}', 'base64') FROM {table}"  # noqa: S608
            for table, column in IN_JSON
        ]
    )
)
FETCHED_AT_ONCE = 10_000


class SqlBlobReferences:
    """``application.retention.blob_inventory.BlobReferences``, of one snapshot."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def digests(self) -> set[bytes]:
        """32 bytes each, and what a set needs."""
        with storage_errors():
            async with self._engine.connect() as connection:
                await connection.execute(text("SET LOCAL statement_timeout = 0"))
                return await digests_of(connection)


async def digests_of(connection: AsyncConnection) -> set[bytes]:
    """As the connection's transaction sees it."""
    found: set[bytes] = set()
    rows = await connection.stream(ALL)
    async for part in rows.scalars().partitions(FETCHED_AT_ONCE):
        found.update(part)
    return found
