import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from application.exceptions import StorageUnavailable
from application.health.probe import Probe
from application.submissions.policy import SubmissionPolicy
from domain.workers.repositories import WorkerRepository

NO_WORKER = "no worker that is fit lives: submissions are accepted and wait"


@dataclass(frozen=True, slots=True)
class Readiness:
    """``troubles`` by the name of what is missing: with any, requests would fail. ``warnings`` are for the operator."""

    troubles: Mapping[str, str]
    warnings: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Whether requests can be served."""
        return not self.troubles


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReadiness:
    """Whether everything that requests need is there."""

    probes: Sequence[Probe]
    workers: WorkerRepository
    policy: SubmissionPolicy

    async def __call__(self) -> Readiness:
        """All probes at once."""
        found = await asyncio.gather(*(probe.trouble() for probe in self.probes))
        troubles = {probe.name: trouble for probe, trouble in zip(self.probes, found, strict=True) if trouble}
        return Readiness(troubles, () if troubles else await self._warnings())

    async def _warnings(self) -> tuple[str, ...]:
        try:
            live = await self.workers.list_live(self.policy.worker_lifetime)
        except StorageUnavailable:
            return (NO_WORKER,)  # gone since the probe looked; the next look tells
        unfit = tuple(f"worker {worker.name} takes no jobs: {worker.complaint}" for worker in live if worker.complaint)
        return unfit if len(live) > len(unfit) else (NO_WORKER, *unfit)
