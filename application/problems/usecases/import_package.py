import logging
from dataclasses import dataclass, replace

from application.blobs import BlobStorage
from application.clock import Clock
from application.exceptions import StorageFull, StorageUnavailable
from application.problems.complaints import complaints_of
from application.problems.judgeable import not_judged_yet
from application.problems.packages import PackageRejected, Packages, ProblemDraft
from application.problems.policy import ImportPolicy
from application.problems.revision_builder import RevisionBuilder
from application.problems.revision_publisher import Published, RevisionPublisher
from application.transactions import Transaction
from domain.exceptions import Invalid
from domain.problems.entities import Complaint, ImportId, PackageImport
from domain.problems.enums import ImportStatus
from domain.problems.exceptions import NotTheOwner
from domain.problems.repositories import ImportRepository
from domain.problems.validation import check_slug

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPackage:
    """Read a package in a limited process and put it in force, or say what is wrong with it."""

    transaction: Transaction
    imports: ImportRepository
    packages: Packages
    blobs: BlobStorage
    builder: RevisionBuilder
    publisher: RevisionPublisher
    clock: Clock
    policy: ImportPolicy

    async def __call__(self, import_id: ImportId) -> None:
        """Silent when another worker has it. What is our fault is raised, and leaves the import to be claimed again;
        once that has gone on for too long, the import ends as rejected with the cause.
        """
        package_import = await self.imports.claim(import_id)
        await self.transaction.commit()
        if package_import is None:
            return
        try:
            ended = await self._read(package_import)
        except PackageRejected as rejection:
            ended = self._rejected(package_import, *rejection.complaints)
        except (StorageUnavailable, StorageFull):
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
            async with self.packages.read(content) as draft:
                published = await self._publish(package_import, draft)
        finally:
            content.close()
        return replace(
            package_import,
            status=ImportStatus.ACCEPTED,
            slug=published.problem.slug,
            format=draft.format,
            revision=published.revision.number,
            finished_at=self.clock.now(),
        )

    async def _publish(self, package_import: PackageImport, draft: ProblemDraft) -> Published:
        if complaints := not_judged_yet(draft):
            raise PackageRejected(*complaints)
        slug = package_import.slug or draft.slug
        if slug is None:
            message = "the package names no slug: send one with the upload, or set it inside"
            raise PackageRejected(Complaint(message, draft.source or None))
        try:
            check_slug(slug)
            built = await self.builder.build(draft, problem_id=None, number=0)
            return await self.publisher.publish(slug, package_import.key_id, built)
        except Invalid as error:
            raise PackageRejected(*complaints_of(error, draft)) from error
        except NotTheOwner as error:
            raise PackageRejected(Complaint(str(error), draft.source or None)) from error

    def _rejected(self, package_import: PackageImport, *complaints: Complaint) -> PackageImport:
        return replace(
            package_import, status=ImportStatus.REJECTED, complaints=complaints, finished_at=self.clock.now()
        )
