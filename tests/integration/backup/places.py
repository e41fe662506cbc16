"""Databases and directories of blobs, and the commands that work on them."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from application.blobs import BlobStorage
from application.retention.blob_inventory import BlobInventory
from infrastructure.backup.backup import Backup
from infrastructure.config import Config
from infrastructure.embedded.postgres import EmbeddedPostgres
from infrastructure.http.app import create_app
from infrastructure.providers.container import make_server_container

ROOT = Path(__file__).parents[3]
PROBLEM = {"limits": {}, "checker": {"type": "tokens"}, "tests": [{"input": "in\n", "output": "out\n"}]}
SUBMISSION = {"language": "python3", "sources": [{"name": "main.py", "content": "print('Привет')"}], "problem": "kept"}


@dataclass
class Place:
    """A database and a directory of blobs."""

    config: Config

    @property
    def blobs(self) -> Path:
        return self.config.data_dir / "blobs"

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PROBA_")} | {
            "PROBA_DATABASE_URL": str(self.config.database_url),
            "PROBA_DATA_DIR": str(self.config.data_dir),
        }
        command = [sys.executable, ROOT / "__main__.py", *arguments]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        with self.start(*arguments) as process:
            try:
                out, errors = process.communicate(timeout=100)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        return subprocess.CompletedProcess(process.args, process.returncode, out, errors)

    async def connect(self) -> asyncpg.Connection:
        return await asyncpg.connect(str(self.config.database_url).replace("+asyncpg", ""))

    @asynccontextmanager
    async def backup(self) -> AsyncIterator[Backup]:
        """As the commands make it, in this process: quicker where there are many."""
        container = make_server_container(self.config)
        engine = create_async_engine(str(self.config.database_url), poolclass=NullPool)
        yield Backup(engine, await container.get(BlobStorage), await container.get(BlobInventory))
        await engine.dispose()
        await container.close()

    @asynccontextmanager
    async def client(self, secret: str) -> AsyncIterator[httpx.AsyncClient]:
        container = make_server_container(self.config)
        transport = httpx.ASGITransport(create_app(self.config, container))
        headers = {"Authorization": f"Bearer {secret}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://proba.test", headers=headers) as client:
            yield client
        await container.close()


class Places:
    def __init__(self, server: EmbeddedPostgres, redis_url: str, directory: Path) -> None:
        self._server, self._redis_url, self._directory = server, redis_url, directory

    async def new(self) -> Place:
        """With nothing in its database."""
        name = f"backup_{uuid4().hex}"
        connection = await asyncpg.connect(self._server.url.replace("+asyncpg", ""))
        await connection.execute(f'CREATE DATABASE "{name}"')
        await connection.close()
        url = self._server.database_url(name)
        config = Config(_env_file=None, database_url=url, redis_url=self._redis_url, data_dir=self._directory / name)
        return Place(config)
