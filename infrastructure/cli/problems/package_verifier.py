import asyncio
import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from dishka import AsyncContainer

from application.judging.setter_programs import SetterPrograms
from application.problems.packages import PackageRejected, Packages, ProblemDraft
from application.problems.proving import Progress, Prover
from application.sandbox import SandboxPool
from domain.problems.entities import Complaint
from domain.problems.setup import LanguageLimits
from infrastructure.cli.problems.local_package import LocalPackage
from infrastructure.cli.problems.package_progress import Step
from infrastructure.cli.problems.package_report import PackageReport
from infrastructure.config import Config
from infrastructure.threads import in_thread

log = logging.getLogger(__name__)

MOST_KEPT = 8 * 1024**3
"""Bytes of tests that are kept before those of packages that are done with are removed."""


@dataclass(slots=True, kw_only=True)
class PackageVerifier:
    """Reads packages and proves them, as a worker does, and never raises for the sake of one of them."""

    container: AsyncContainer
    config: Config
    slots: int
    languages: frozenset[str]
    time_factor: float
    _kept: int = 0
    _active: int = 0
    _quiet: asyncio.Condition = field(default_factory=asyncio.Condition)

    @classmethod
    async def start(
        cls, container: AsyncContainer, config: Config, languages: frozenset[str], time_factor: float
    ) -> Self:
        """Raises what keeps this machine from judging, before any package is looked at: a sandbox below its floor, a
        directory of headers that cannot be read.
        """
        await container.get(SetterPrograms)
        pool = await container.get(SandboxPool)
        return cls(
            container=container, config=config, slots=pool.slots, languages=languages, time_factor=time_factor
        )  # fmt: skip

    async def verify(self, package: LocalPackage, step: Step) -> PackageReport:
        """What is our fault is a complaint that says so."""
        await self._enter()
        try:
            return await self._verify(package, step)
        except PackageRejected as rejection:
            return PackageReport.rejected(package.name, *map(package.inner, rejection.complaints))
        except Exception as error:
            log.debug("%s", package.name, exc_info=True)
            cause = (
                f"this machine failed to judge it ({type(error).__name__}: {error}); that is not the package's fault"
            )
            return PackageReport.rejected(package.name, Complaint(cause))
        finally:
            await self._leave()

    async def _verify(self, package: LocalPackage, step: Step) -> PackageReport:
        packing = package.archive(self.config, self.config.data_dir)
        archive = await in_thread(packing.__enter__)
        try:
            async with self.container() as scope:
                packages = await scope.get(Packages)
                prover = await scope.get(Prover)
                async with packages.read(archive, to_judge=True) as draft:
                    self._kept += sum(content.size for content in draft.contents.values())
                    proved = await prover(self._asked(draft), progress=_told(step), thorough=True)
        finally:
            await in_thread(packing.__exit__, None, None, None)
        return PackageReport.of(package.name, draft.format, proved.proof, package.inner)

    def _asked(self, draft: ProblemDraft) -> ProblemDraft:
        """With the limits and the submissions that the user wants."""
        if self.languages:
            references = tuple(
                reference
                if reference.skip or reference.program.language in self.languages
                else replace(reference, skip="its language was not asked for")
                for reference in draft.material.references
            )
            draft = replace(draft, material=replace(draft.material, references=references))
        if self.time_factor == 1.0:
            return draft
        factor, limits = self.time_factor, draft.limits
        by_language = {
            language: LanguageLimits(own.cpu_time and factor * own.cpu_time, own.memory)
            for language, own in draft.setup.language_limits.items()
        }
        return replace(
            draft,
            limits=replace(
                limits,
                cpu_time=limits.cpu_time and factor * limits.cpu_time,
                wall_time=limits.wall_time and factor * limits.wall_time,
            ),
            setup=replace(draft.setup, language_limits=by_language),
        )

    async def _enter(self) -> None:
        """Wait until there is room; whoever finds nobody at work makes it."""
        async with self._quiet:
            while self._kept > MOST_KEPT and self._active:
                await self._quiet.wait()
            if self._kept > MOST_KEPT:
                await in_thread(_empty, self.config.data_dir / "blobs")
                self._kept = 0
            self._active += 1

    async def _leave(self) -> None:
        async with self._quiet:
            self._active -= 1
            self._quiet.notify_all()


def _told(step: Step) -> Callable[[Progress], None]:
    def tell(progress: Progress) -> None:
        what = f"{progress.step} {progress.detail}".strip()
        step(what, progress.done, progress.total)

    return tell


def _empty(blobs: Path) -> None:
    for folder in blobs.glob("??"):
        shutil.rmtree(folder)
