# ruff: noqa: ASYNC110  # what is waited for is in other processes

import asyncio
import random
from uuid import uuid4

import httpx

from tests.chaos.programs import BY_NAME, PROGRAMS, SLOW_CHECK, Program, slow_check_package

BATCH, BATCH_SHARE = 8, 0.3
AGAIN = (409, 429, 502, 503, 504)
"""409: the first request with this key is still at work."""
INTERNAL_ERROR = 500
AGAIN_SECONDS = 0.2
IMPORT_SECONDS = 60


class Traffic:
    """Small submissions, one by one and in batches, as many as are wanted to wait. What was not acknowledged is sent
    again with the same idempotency key, so that each is there exactly once. ``errors``: answers that no outage excuses.
    """

    def __init__(self, url: str, key: str, seed: int) -> None:
        self.sent: dict[str, Program] = {}
        self.refusals = 0
        self.errors: list[str] = []
        self._random = random.Random(seed)
        self._http = httpx.AsyncClient(
            base_url=url + "/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=15, trust_env=False
        )

    async def prepare(self) -> None:
        """Import the problem with the slow checker."""
        files = {"package": (f"{SLOW_CHECK}.zip", slow_check_package())}
        while not await self.is_served():  # the socket is there before the application is
            await asyncio.sleep(AGAIN_SECONDS)
        answer = await self._http.post("/problems", files=files, data={"slug": SLOW_CHECK}, timeout=IMPORT_SECONDS)
        answer.raise_for_status()
        for _ in range(IMPORT_SECONDS * 5):
            found = (await self._http.get(f"/imports/{answer.json()['id']}")).json()
            if found["status"] == "accepted":
                return
            if found["status"] == "rejected":
                raise RuntimeError(f"the problem was rejected: {found}")
            await asyncio.sleep(0.2)
        raise RuntimeError("the problem was not imported in time")

    async def send_some(self) -> None:
        """One, or a batch."""
        weights = [program.weight for program in PROGRAMS]
        count = BATCH if self._random.random() < BATCH_SHARE else 1
        await self._send(self._random.choices(PROGRAMS, weights, k=count))

    async def send(self, name: str) -> str:
        """One of this kind before all others; its id."""
        return (await self._send([BY_NAME[name]], priority=10))[0]

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _send(self, programs: list[Program], priority: int = 0) -> list[str]:
        """Until all are acknowledged."""
        ids: list[str] = []
        while programs:
            many = len(programs) > 1
            bodies = [program.body() | {"priority": priority} for program in programs]
            answer = (
                await self._post("/submissions/batch", bodies) if many else await self._post("/submissions", bodies[0])
            )
            found = [one["submission"] for one in answer.json()] if many else [answer.json()]
            taken = [(one["id"], program) for one, program in zip(found, programs, strict=True) if one]
            self.sent.update(taken)
            ids += [id_ for id_, _ in taken]
            programs = [program for one, program in zip(found, programs, strict=True) if not one]
        return ids

    async def _post(self, path: str, body: object) -> httpx.Response:
        headers = {"Idempotency-Key": uuid4().hex}
        while True:
            try:
                answer = await self._http.post(path, json=body, headers=headers)
            except httpx.HTTPError:
                pass
            else:
                if answer.is_success:
                    return answer
                if answer.status_code == INTERNAL_ERROR:
                    self.errors.append(f"{path} was answered with 500: {answer.text[:200]}")
                elif answer.status_code not in AGAIN:
                    raise RuntimeError(f"refused: {answer.status_code} {answer.text}")
            self.refusals += 1
            await asyncio.sleep(AGAIN_SECONDS)

    async def is_served(self) -> bool:
        """Whether the server answers."""
        try:
            return (await self._http.get("/languages")).is_success
        except httpx.HTTPError:
            return False
