"""A client that does not give up."""

import asyncio
from collections.abc import Collection
from uuid import uuid4

import httpx

AGAIN = (409, 429, 502, 503, 504)
"""409: the first request with this key is still at work."""
INTERNAL_ERROR = 500
AGAIN_SECONDS = 0.2


class Client:
    """What was not acknowledged is sent again with the same idempotency key, so that it is done exactly once.
    ``refusals``: how often that was; ``errors``: answers that no outage excuses.
    """

    def __init__(self, url: str, key: str) -> None:
        self.refusals = 0
        self.errors: list[str] = []
        self.http = httpx.AsyncClient(
            base_url=url + "/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=15, trust_env=False
        )

    async def post(
        self, path: str, body: object = None, *, creates: bool = True, ends: Collection[str] = ()
    ) -> httpx.Response:
        """``ends``: the codes of refusals that are answers too."""
        headers = {"Idempotency-Key": uuid4().hex} if creates else {}
        return await self._until_answered("POST", path, body, headers, ends)

    async def get(self, path: str) -> httpx.Response:
        """What there is."""
        return await self._until_answered("GET", path, None, {}, ())

    async def delete(self, path: str) -> None:
        """Until it is gone: a second request, if the first one's answer was lost, finds nothing."""
        await self._until_answered("DELETE", path, None, {}, ["submission_not_found"])

    async def is_served(self) -> bool:
        """Whether the server answers."""
        try:
            return (await self.http.get("/languages")).is_success
        except httpx.HTTPError:
            return False

    async def close(self) -> None:
        """Close the connections."""
        await self.http.aclose()

    async def _until_answered(
        self, method: str, path: str, body: object, headers: dict[str, str], ends: Collection[str]
    ) -> httpx.Response:
        while True:
            try:
                answer = await self.http.request(method, path, json=body, headers=headers)
            except httpx.HTTPError:
                pass
            else:
                if answer.is_success or (answer.is_client_error and answer.json()["code"] in ends):
                    return answer
                if answer.status_code == INTERNAL_ERROR:
                    self.errors.append(f"{method} {path} was answered with 500: {answer.text[:200]}")
                elif answer.status_code not in AGAIN:
                    raise RuntimeError(f"{method} {path} was refused: {answer.status_code} {answer.text}")
            self.refusals += 1
            await asyncio.sleep(AGAIN_SECONDS)
