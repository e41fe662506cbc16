import asyncio
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

SOCKET = ".s.PGSQL.5432"
CHUNK = 65536


class PostgresProxy:
    """A socket before the database's own. While it is cut nothing passes, in either direction, and nobody is told:
    what a broken network looks like. Connections that were open then are broken off when it is mended.
    """

    def __init__(self, directory: Path, database: Path) -> None:
        self.directory, self._database = directory, database
        self._whole = asyncio.Event()
        self._whole.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self.directory.mkdir(parents=True)
        self._server = await asyncio.start_unix_server(self._serve, self.directory / SOCKET)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.mend()

    def cut(self) -> None:
        """Nothing passes from now on."""
        self._whole.clear()

    def mend(self) -> None:
        """New connections pass; the old ones are lost."""
        for writer in self._writers:
            writer.transport.abort()
        self._whole.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            await self._whole.wait()
            with suppress(OSError):
                theirs, to_them = await asyncio.open_unix_connection(self._database / SOCKET)
                self._writers.add(to_them)
                await asyncio.gather(self._pass_on(reader, to_them), self._pass_on(theirs, writer))
                self._writers.discard(to_them)
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _pass_on(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while data := await source.read(CHUNK):
                await self._whole.wait()
                target.write(data)
                await target.drain()
        target.close()
