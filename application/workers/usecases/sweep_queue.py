import logging
from dataclasses import dataclass

from application.submissions.job_ledger import JobLedger, Sweep
from application.submissions.judging_meter import JudgingMeter
from application.submissions.policy import JudgingPolicy
from application.workers.neighbours import Neighbours

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepQueue:
    """Put back what dead workers held: those of other machines are known by their leases, those of this one at once.
    Every worker does it; each lost job is put back once.
    """

    neighbours: Neighbours
    ledger: JobLedger
    policy: JudgingPolicy
    meter: JudgingMeter

    async def __call__(self) -> Sweep:
        """What was found, and how many jobs wait now."""
        async with self.neighbours.gone() as gone:
            if gone:
                log.warning("%d workers of this machine have ended without a word", len(gone))
                await self.ledger.abandon(gone)
        sweep = await self.ledger.sweep(self.policy.max_attempts)
        if sweep.given_back or sweep.failed:
            self.meter.expired(sweep.given_back + sweep.failed)
            self.meter.gave_up(sweep.failed)
            log.warning("leases that ran out: %d jobs queued again, %d judge errors", sweep.given_back, sweep.failed)
        return sweep
