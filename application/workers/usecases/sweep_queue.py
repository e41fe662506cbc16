import logging
from dataclasses import dataclass

from application.submissions.job_ledger import JobLedger, Sweep
from application.submissions.judging_meter import JudgingMeter
from application.submissions.policy import JudgingPolicy

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepQueue:
    """Put back what dead workers held. Every worker does it; each lost job is put back once."""

    ledger: JobLedger
    policy: JudgingPolicy
    meter: JudgingMeter

    async def __call__(self) -> Sweep:
        """What was found, and how many jobs wait now."""
        sweep = await self.ledger.sweep(self.policy.max_attempts)
        if sweep.given_back or sweep.failed:
            self.meter.expired(sweep.given_back + sweep.failed)
            log.warning("leases that ran out: %d jobs queued again, %d judge errors", sweep.given_back, sweep.failed)
        return sweep
