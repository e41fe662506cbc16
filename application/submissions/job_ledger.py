"""Gateway to the queue of test jobs as the worker sees it. Each call is one transaction of its own; all may run at
once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from domain.languages.entities import LanguageId
from domain.problems.entities import Revision
from domain.runs.entities import Limits
from domain.submissions.entities import Claim, CompileResult, JobResult, Submission, TestResult
from domain.workers.entities import WorkerId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedJob:
    """What is to be judged, and the right to do it."""

    claim: Claim
    submission: Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What a sweep found: jobs put back, jobs ended as JE, and how many wait now."""

    given_back: int
    failed: int
    waiting: int


class JobLedger(Protocol):
    """Claims, leases and fenced results. Leases use the database's clock alone."""

    async def claim(
        self, worker_id: WorkerId, worker: str, languages: Collection[LanguageId], lease: timedelta
    ) -> ClaimedJob | None:
        """Take the first waiting job (priority, then virtual start) in one of ``languages``; it becomes COMPILING."""

    async def revision(self, job: ClaimedJob) -> Revision:
        """What to judge it by. Raises LeaseLost when it went with a submission that has been deleted."""

    async def compiled(self, claim: Claim, result: CompileResult | None, limits: Limits, isolation: str) -> None:
        """The job is TESTING now. Raises LeaseLost."""

    async def record(self, claim: Claim, results: Sequence[TestResult]) -> None:
        """Store results in one batch. Raises LeaseLost."""

    async def finish(
        self,
        claim: Claim,
        result: JobResult,
        compile_result: CompileResult | None,
        limits: Limits | None,
        isolation: str,
        results: Sequence[TestResult],
    ) -> None:
        """Store the last results and the end, and take the job out of the queue. Raises LeaseLost."""

    async def give_back(self, claim: Claim, reason: str) -> None:
        """Queued again with attempt + 1, partial results dropped; not counted as a failure. Silent when the lease is
        lost.
        """

    async def fail(self, claim: Claim, cause: str, max_attempts: int) -> bool:
        """An attempt ended by our fault: as give_back, counted; after ``max_attempts`` such ends the job is JE with the
        cause (then True). Silent when the lease is lost.
        """

    async def extend(self, claims: Sequence[Claim], lease: timedelta) -> Sequence[Claim]:
        """Heartbeat: prolong the leases; those no longer held are returned."""

    async def abandon(self, worker_ids: Sequence[WorkerId]) -> None:
        """These workers are dead: their leases have run out now, and they are no longer listed."""

    async def sweep(self, max_attempts: int) -> Sweep:
        """Put back jobs whose lease has run out (counted as failures; JE after ``max_attempts``)."""
