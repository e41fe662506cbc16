# ruff: noqa: ASYNC110  # what is waited for is in other processes

import asyncio
import random
from collections.abc import Awaitable, Callable

from tests.chaos.acknowledged import Acknowledged, AcknowledgedRejudge
from tests.chaos.client import AGAIN_SECONDS, Client
from tests.chaos.programs import BY_NAME, PROGRAMS, SLOW_CHECK, Program, slow_check_package

BATCH, BATCH_SHARE = 8, 0.3
IMPORT_SECONDS = 60
ACT_SHARE = 0.7
RECENT, REJUDGED_AT_ONCE, WITHDRAWN_SHARE = 10, 4, 0.5


class Traffic:
    """Small submissions, one by one and in batches, as many as are wanted to wait; some are cancelled, judged again or
    deleted afterwards, unless ``calm``.
    """

    def __init__(self, client: Client, seed: int) -> None:
        self.acknowledged = Acknowledged()
        self.calm = asyncio.Event()
        self._client = client
        self._random = random.Random(seed)
        self._free: list[str] = []
        self._acting = asyncio.Lock()
        self._acts: tuple[Callable[[], Awaitable[None]], ...] = (
            self._cancel,
            self._rejudge_one,
            self._rejudge_some,
            self._delete,
        )

    async def prepare(self) -> None:
        """Import the problem with the slow checker."""
        files = {"package": (f"{SLOW_CHECK}.zip", slow_check_package())}
        while not await self._client.is_served():  # the socket is there before the application is
            await asyncio.sleep(AGAIN_SECONDS)
        http = self._client.http
        answer = await http.post("/problems", files=files, data={"slug": SLOW_CHECK}, timeout=IMPORT_SECONDS)
        answer.raise_for_status()
        for _ in range(IMPORT_SECONDS * 5):
            found = (await http.get(f"/imports/{answer.json()['id']}")).json()
            if found["status"] == "accepted":
                return
            if found["status"] == "rejected":
                raise RuntimeError(f"the problem was rejected: {found}")
            await asyncio.sleep(0.2)
        raise RuntimeError("the problem was not imported in time")

    async def send_some(self) -> None:
        """One, or a batch; and now and then something is done to what was sent before."""
        weights = [program.weight for program in PROGRAMS]
        count = BATCH if self._random.random() < BATCH_SHARE else 1
        self._free += await self._send(self._random.choices(PROGRAMS, weights, k=count))
        if self._random.random() < ACT_SHARE:
            async with self._acting:
                if not self.calm.is_set():
                    await self._random.choice(self._acts)()

    async def calm_down(self) -> None:
        """Until ``calm`` is cleared nothing is done to what was sent; what was begun is acknowledged first."""
        self.calm.set()
        async with self._acting:
            pass

    async def send(self, name: str) -> str:
        """One of this kind before all others, that is left alone; its id."""
        return (await self._send([BY_NAME[name]], priority=10))[0]

    async def _send(self, programs: list[Program], priority: int = 0) -> list[str]:
        """Until all are acknowledged."""
        ids: list[str] = []
        while programs:
            many = len(programs) > 1
            bodies = [program.body() | {"priority": priority} for program in programs]
            path, body = ("/submissions/batch", bodies) if many else ("/submissions", bodies[0])
            answer = (await self._client.post(path, body)).json()
            found = [one["submission"] for one in answer] if many else [answer]
            taken = [(one["id"], program) for one, program in zip(found, programs, strict=True) if one]
            self.acknowledged.sent.update(taken)
            ids += [id_ for id_, _ in taken]
            programs = [program for one, program in zip(found, programs, strict=True) if not one]
        return ids

    async def _cancel(self) -> None:
        for id_ in self._some(1, of=RECENT):
            if id_ not in self.acknowledged.cancelled:
                path = f"/submissions/{id_}/cancel"
                answer = await self._client.post(path, creates=False, ends=["submission_finished"])
                if answer.is_success:
                    self.acknowledged.cancelled.add(id_)

    async def _rejudge_one(self) -> None:
        for id_ in self._some(1):
            path = f"/submissions/{id_}/rejudge?priority=0"
            answer = await self._client.post(path, ends=["submission_not_finished"])
            if answer.is_success:
                self.acknowledged.rejudges[answer.json()["rejudge"]] = AcknowledgedRejudge(1, frozenset([id_]))

    async def _rejudge_some(self) -> None:
        if ids := self._some(REJUDGED_AT_ONCE):
            answer = (await self._client.post("/rejudges", {"ids": ids, "priority": 0})).json()
            begun = AcknowledgedRejudge(answer["total"], await self._that_have_a_job_of(answer["id"], ids))
            if self._random.random() < WITHDRAWN_SHARE:
                path = f"/rejudges/{answer['id']}/cancel"
                begun.withdrawn = (await self._client.post(path, creates=False)).json()["withdrawn"]
                begun.took = await self._that_have_a_job_of(answer["id"], ids)
            self.acknowledged.rejudges[answer["id"]] = begun

    async def _that_have_a_job_of(self, rejudge: str, submissions: list[str]) -> frozenset[str]:
        found = set()
        for id_ in submissions:
            jobs = (await self._client.get(f"/submissions/{id_}/jobs")).json()["items"]
            found |= {id_ for job in jobs if job["rejudge"] == rejudge}
        return frozenset(found)

    async def _delete(self) -> None:
        for id_ in self._some(1):
            await self._client.delete(f"/submissions/{id_}")
            self.acknowledged.deleted.add(id_)

    def _some(self, count: int, of: int = 0) -> list[str]:
        """Of the newest ``of``; 0: of all. What a fault is aimed at is not among them."""
        there = [id_ for id_ in self._free[-of:] if id_ not in self.acknowledged.deleted]
        return self._random.sample(there, min(count, len(there)))
