import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from application.exceptions import StorageUnavailable
from application.health.probe import Probe
from application.submissions.policy import SubmissionPolicy
from domain.workers.repositories import WorkerRepository

NO_WORKER = "no worker lives: submissions are accepted and wait"


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
        return Readiness(troubles, () if troubles or await self._workers_live() else (NO_WORKER,))

    async def _workers_live(self) -> bool:
        try:
            return bool(await self.workers.list_live(self.policy.worker_lifetime))
        except StorageUnavailable:
            return False  # gone since the probe looked; the next look tells
