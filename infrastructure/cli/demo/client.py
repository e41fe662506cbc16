import asyncio
import io
import zipfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from infrastructure.cli.demo.cases import Case
from infrastructure.cli.exceptions import CommandFailed

WAIT_SECONDS = 30
TIMEOUT = httpx.Timeout(WAIT_SECONDS + 30)
POLL_SECONDS = 0.1


class DemoClient:
    """What a client of the service does, over HTTP."""

    def __init__(self, url: str, key: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=f"{url}/api/v1",
            headers={"Authorization": f"Bearer {key}"},
            timeout=TIMEOUT,
            limits=httpx.Limits(max_connections=None),
            trust_env=False,  # our own machine is behind no proxy
        )

    async def source_names(self) -> dict[str, str]:
        """The languages that live workers have: id → how a single source is called."""
        page = await self._json("GET", "/languages", params={"limit": 100})
        return {item["id"]: item["sourceName"] for item in page["items"] if item["live"]}

    async def import_problem(self, folder: Path) -> None:
        """Send the package and wait until it is accepted. Raises CommandFailed with the complaints."""
        package = {"package": (f"{folder.name}.zip", await asyncio.to_thread(_zipped, folder), "application/zip")}
        found = await self._json("POST", "/problems", files=package, data={"slug": folder.name})
        while found["status"] in ("pending", "proving"):
            await asyncio.sleep(POLL_SECONDS)
            found = await self._json("GET", f"/imports/{found['id']}")
        if found["status"] != "accepted":
            raise CommandFailed(f"the package {folder} was {found['status']}: {found['complaints']}")

    async def submit(self, case: Case) -> str:
        """The id of the new submission."""
        source = {"name": case.source_name, "content": case.source.read_text(encoding="utf-8")}
        body = {"problem": case.problem, "language": case.language, "sources": [source]}
        created = await self._json("POST", "/submissions", json=body)
        return str(created["id"])

    async def finished(self, submission: str) -> dict[str, Any]:
        """The submission once it is judged."""
        while True:
            found = await self._json("GET", f"/submissions/{submission}", params={"wait": WAIT_SECONDS})
            if found["status"] == "finished":
                return found

    async def _json(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        response = await self._http.request(method, path, **arguments)
        if response.is_error:
            raise CommandFailed(f"{method} {path} was answered with {response.status_code}: {response.text}")
        body: dict[str, Any] = response.json()
        return body

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, traceback)


def _zipped(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                package.write(file, file.relative_to(folder).as_posix())
    return buffer.getvalue()
