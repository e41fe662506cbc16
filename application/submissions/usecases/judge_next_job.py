import asyncio
import logging
import time
from dataclasses import dataclass

from application.exceptions import StorageUnavailable
from application.languages.toolchains import Toolchains
from application.log_fields import log_fields
from application.sandbox import Sandbox, SandboxFailure, SandboxPool, SelfTest
from application.submissions.bell import Announcements
from application.submissions.fitness import Fitness
from application.submissions.job_ledger import ClaimedJob, JobLedger
from application.submissions.judging import JobJudge
from application.submissions.judging_meter import JudgingMeter
from application.submissions.leases import Leases
from application.submissions.policy import JudgingPolicy
from domain.languages.entities import OUTPUT
from domain.submissions.entities import Claim
from domain.submissions.exceptions import LeaseLost
from domain.workers.entities import WorkerId

log = logging.getLogger(__name__)

AGAIN_SECONDS = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeNextJob:
    """Claim the next job for a free slot and see it to its end."""

    worker_id: WorkerId
    ledger: JobLedger
    pool: SandboxPool
    toolchains: Toolchains
    judge: JobJudge
    leases: Leases
    announcements: Announcements
    policy: JudgingPolicy
    meter: JudgingMeter
    self_test: SelfTest
    fitness: Fitness

    async def __call__(self) -> bool:
        """Whether there was a job. An attempt that ends by our fault, or by a stop, is given back to the queue.

        Raises StorageUnavailable; the job waits then, and it is not counted as a failure.
        """
        async with self.pool.slot() as sandbox:
            languages = (*self.toolchains.available(), OUTPUT)
            job = await self.ledger.claim(self.worker_id, self.policy.worker_name, languages, self.policy.lease)
            if job is None:
                return False
            claim = job.claim
            with log_fields(job=claim.job_id, submission=claim.submission_id, attempt=claim.attempt):
                await self._judge(job, sandbox)
            return True

    async def _judge(self, job: ClaimedJob, sandbox: Sandbox) -> None:
        claim = job.claim
        try:
            await self.leases.hold(claim, self.judge(job, sandbox))
        except LeaseLost:
            log.warning(
                "job %s: attempt %d is no longer ours (cancelled, or given to another)", claim.job_id, claim.attempt
            )
            self.meter.ended("taken_away")
            return
        except asyncio.CancelledError:
            self.meter.ended("given_back")
            await asyncio.shield(self.ledger.give_back(claim, "the worker stopped"))
            raise
        except StorageUnavailable as error:  # no fault of this job's: it waits for as long as that lasts
            self.meter.ended("given_back")
            await self._give_back(claim, str(error)[:1000])
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, the attempt must be given back
            await self._doubt(sandbox, error)  # first, or another slot of a broken worker would take the job at once
            await self._fail(claim, error)
        await self.announcements.announce(claim.submission_id)

    async def _give_back(self, claim: Claim, reason: str) -> None:
        """Tried until the lease has run out: from then on it is counted as a failure, and a few outages would end a job
        as JE.
        """
        end = time.monotonic() + self.policy.lease.total_seconds()
        while True:
            try:
                return await self.ledger.give_back(claim, reason)
            except StorageUnavailable:
                if time.monotonic() > end:
                    raise
            await asyncio.sleep(AGAIN_SECONDS)

    async def _fail(self, claim: Claim, error: Exception) -> None:
        self.meter.ended("failed")
        log.error("job %s: attempt %d failed", claim.job_id, claim.attempt, exc_info=error)
        cause = f"{type(error).__name__}: {error}"[:1000]
        if await self.ledger.fail(claim, cause, self.policy.max_attempts):
            self.meter.gave_up(1)

    async def _doubt(self, sandbox: Sandbox, error: Exception) -> None:
        """A worker whose sandbox is broken must not take one job after the other and fail them all."""
        if isinstance(error, SandboxFailure | OSError) and (complaint := await self.self_test.of(sandbox)):
            self.fitness.lost(complaint)
