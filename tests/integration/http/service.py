"""What the tests of the HTTP interface share."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import httpx
from dishka import AsyncContainer
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from application.access.usecases import CreatedKey, CreateKey
from domain.access.enums import Scope
from infrastructure.config import Config

MAX_BODY = 300_000

Refusal = Callable[[httpx.Response, int], Awaitable[dict[str, Any]]]


SUM: dict[str, Any] = {
    "title": "A + B",
    "limits": {"cpuTime": 1.5, "memory": 64 * 1024 * 1024},
    "tests": [
        {"name": "sample/1", "sample": True, "input": "2 3\n", "output": "5\n"},
        {"name": "secret/1", "input": "4 5\n", "output": "9\n"},
    ],
}


@dataclass
class Service:
    """The application over the real database, queue and disk."""

    app: FastAPI
    container: AsyncContainer
    config: Config
    clients: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def key(self, *scopes: Scope, max_priority: int = 0) -> CreatedKey:
        """A new key."""
        async with self.container() as scope:
            use_case = await scope.get(CreateKey)
            return await use_case("test", frozenset(scopes), max_priority)

    async def client(self, *scopes: Scope, secret: str | None = None) -> httpx.AsyncClient:
        """A client with a key of its own; without scopes or secret: with none."""
        if scopes:
            secret = (await self.key(*scopes)).secret
        headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}
        transport = httpx.ASGITransport(self.app)
        client = httpx.AsyncClient(transport=transport, base_url="http://proba.test", headers=headers)
        return await self.clients.enter_async_context(client)

    async def stored(self) -> dict[str, int]:
        """How much there is in each table, and how many files on the disk."""
        engine = await self.container.get(AsyncEngine)
        async with engine.connect() as connection:
            tables = await connection.scalars(
                text(
                    "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() "
                    "AND tablename NOT IN ('api_keys', 'audit_entries')"
                )
            )
            counts = {table: await connection.scalar(text(f'SELECT count(*) FROM "{table}"')) for table in tables.all()}
            # what the tests' own keys leave there has no key
            acts = await connection.scalar(text("SELECT count(*) FROM audit_entries WHERE key_id IS NOT NULL"))
            counts["audit_entries"] = acts
        return counts | {"files": sum(path.is_file() for path in self.config.data_dir.rglob("*"))}
