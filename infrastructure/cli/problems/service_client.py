from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from infrastructure.cli.exceptions import CommandFailed
from infrastructure.cli.problems.connection import Connection

TIMEOUT = httpx.Timeout(60.0, read=300.0)
PAGE = 100


class Refused(CommandFailed):
    """The service answered with an error; ``detail`` is its own words."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(status, detail)
        self.status, self.detail = status, detail

    def __str__(self) -> str:
        return f"the service answered with {self.status}: {self.detail}"


class ServiceClient:
    """What the command line asks of a running service about problems. Raises Refused, and CommandFailed when the
    service is not reached.
    """

    def __init__(self, connection: Connection) -> None:
        self._url = connection.url
        self._http = httpx.AsyncClient(
            base_url=f"{connection.url}/api/v1",
            headers={"Authorization": f"Bearer {connection.key}"},
            timeout=TIMEOUT,
        )

    async def upload(self, package: Path, name: str, slug: str | None) -> dict[str, Any]:
        """The import that was begun; the file is streamed."""
        with package.open("rb") as file:
            files = {"package": (name, file, "application/octet-stream")}
            return await self._json("POST", "/problems", files=files, data={} if slug is None else {"slug": slug})

    async def import_(self, import_id: str) -> dict[str, Any]:
        """How far it is."""
        return await self._json("GET", f"/imports/{import_id}")

    async def last_import(self, slug: str) -> dict[str, Any]:
        """The newest for a slug that the key may see."""
        return await self._json("GET", f"/problems/{slug}/import")

    async def problem(self, slug: str) -> dict[str, Any]:
        """The revision in force."""
        return await self._json("GET", f"/problems/{slug}")

    async def problems(self) -> AsyncIterator[dict[str, Any]]:
        """All of them, by slug."""
        async for item in self._pages("/problems"):
            yield item

    async def tests(self, slug: str) -> AsyncIterator[dict[str, Any]]:
        """All of a problem, in order."""
        async for item in self._pages(f"/problems/{slug}/tests"):
            yield item

    @asynccontextmanager
    async def package(self, slug: str) -> AsyncIterator[httpx.Response]:
        """A package that makes the revision in force, as a stream."""
        async with self._reached(), self._http.stream("GET", f"/problems/{slug}/package") as response:
            if response.is_error:
                await response.aread()
                raise _refused(response)
            yield response

    async def _pages(self, path: str) -> AsyncIterator[dict[str, Any]]:
        cursor: str | None = None
        while True:
            page = await self._json("GET", path, params={"limit": PAGE} | ({"cursor": cursor} if cursor else {}))
            for item in page["items"]:
                yield item
            cursor = page["nextCursor"]
            if cursor is None:
                return

    async def _json(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        async with self._reached():
            response = await self._http.request(method, path, **arguments)
        if response.is_error:
            raise _refused(response)
        body: dict[str, Any] = response.json()
        return body

    @asynccontextmanager
    async def _reached(self) -> AsyncIterator[None]:
        try:
            yield
        except httpx.TransportError as error:
            raise CommandFailed(f"{self._url} is not reached ({str(error) or type(error).__name__})") from error

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, traceback)


def _refused(response: httpx.Response) -> Refused:
    try:
        detail = str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        detail = response.text[:500]
    return Refused(response.status_code, detail)
