import asyncio
import logging
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta

from application.blobs import BlobStorage
from application.clock import Clock
from application.exceptions import StorageUnavailable
from application.problems.complaints import complaints_of
from application.problems.import_pulse import ImportPulse
from application.problems.packages import PackageRejected, Packages, ProblemDraft
from application.problems.policy import ImportPolicy
from application.problems.proving import Proved, Prover
from application.problems.proving.progress import Report
from application.problems.revision_publisher import RevisionPublisher
from application.transactions import Transaction
from domain.exceptions import Invalid
from domain.problems.entities import Complaint, ImportId, Slug
from domain.problems.enums import ImportStatus
from domain.problems.exceptions import NotTheOwner
from domain.problems.package_import import PackageImport
from domain.problems.repositories import ImportRepository
from domain.problems.validation import check_slug

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPackage:
    """Read a package in a limited process, let it prove itself, and put it in force, or say what is wrong with it."""

    transaction: Transaction
    imports: ImportRepository
    packages: Packages
    blobs: BlobStorage
    prover: Prover
    publisher: RevisionPublisher
    clock: Clock
    policy: ImportPolicy

    async def __call__(self, import_id: ImportId) -> None:
        """Silent when another worker has it. What is our fault is raised, and leaves the import to be claimed again;
        once that has gone on for too long, the import ends as rejected with the cause. A stop gives it back at once.
        """
        package_import = await self.imports.claim(import_id)
        await self.transaction.commit()
        if package_import is None:
            return
        try:
            ended = await self._read(package_import)
        except PackageRejected as rejection:
            ended = self._rejected(package_import, *rejection.complaints)
        except StorageUnavailable:
            raise
        except asyncio.CancelledError:
            await asyncio.shield(self._give_back(package_import))
            raise
        except Exception as error:
            if self.clock.now() - package_import.created_at < self.policy.give_up_after:
                raise
            log.exception("import %s is given up", import_id)
            cause = f"this service failed to read the package ({type(error).__name__}); that is not the package's fault"
            await self.transaction.rollback()
            ended = self._rejected(package_import, Complaint(cause))
        await self.imports.save(ended)
        await self.transaction.commit()
        log.info("import %s: %s", import_id, ended.status)

    async def _read(self, package_import: PackageImport) -> PackageImport:
        content = await self.blobs.open(package_import.package)
        try:
            async with AsyncExitStack() as held:
                async with self._pulse(package_import):  # a large one is long in unpacking
                    draft = await held.enter_async_context(self.packages.read(content))
                slug = await self._slug(package_import, draft)
                known = replace(package_import, slug=slug, format=draft.format, warnings=draft.warnings)
                async with self._pulse(known) as progress:
                    proved = await self._proved(draft, progress)
        finally:
            content.close()
        return await self._publish(known, slug, proved)

    def _pulse(self, package_import: PackageImport) -> ImportPulse:
        return ImportPulse(import_id=package_import.id, imports=self.imports, transaction=self.transaction)

    async def _proved(self, draft: ProblemDraft, progress: Report) -> Proved:
        limit = asyncio.timeout(self.policy.longest_proof.total_seconds())
        try:
            async with limit:
                return await self.prover(draft, progress=progress)
        except TimeoutError:
            if not limit.expired():
                raise
            hours = self.policy.longest_proof / timedelta(hours=1)
            message = f"its proof was not done after {hours:g} hours: it needs fewer tests or reference submissions"
            raise PackageRejected(Complaint(message, draft.source or None)) from None

    async def _slug(self, package_import: PackageImport, draft: ProblemDraft) -> Slug:
        """Whose it is shows before anything is run; nothing is locked meanwhile."""
        slug = package_import.slug or draft.slug
        if slug is None:
            message = "the package names no slug: send one with the upload, or set it inside"
            raise PackageRejected(Complaint(message, draft.source or None))
        try:
            check_slug(slug)
            await self.publisher.check(slug, package_import.key_id)
        except Invalid as error:
            raise PackageRejected(*complaints_of(error, draft)) from error
        except NotTheOwner as error:
            raise PackageRejected(Complaint(str(error), draft.source or None)) from error
        finally:
            await self.transaction.rollback()
        return slug

    async def _publish(self, package_import: PackageImport, slug: Slug, proved: Proved) -> PackageImport:
        known = replace(package_import, warnings=proved.proof.warnings, proof=proved.proof)
        if proved.revision is None or not proved.proof.accepted:
            return self._rejected(known, *proved.proof.complaints)
        try:
            published = await self.publisher.publish(slug, known.key_id, proved.revision)
        except NotTheOwner as error:
            return self._rejected(known, Complaint(str(error), proved.draft.source or None))
        return replace(
            known, status=ImportStatus.ACCEPTED, revision=published.revision.number, finished_at=self.clock.now()
        )

    def _rejected(self, package_import: PackageImport, *complaints: Complaint) -> PackageImport:
        return replace(
            package_import, status=ImportStatus.REJECTED, complaints=complaints, finished_at=self.clock.now()
        )

    async def _give_back(self, package_import: PackageImport) -> None:
        await self.transaction.rollback()
        await self.imports.save(replace(package_import, status=ImportStatus.PENDING, progress=None))
        await self.transaction.commit()
