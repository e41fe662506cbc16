import logging
from dataclasses import dataclass, replace

from application.blobs import BlobStorage
from application.clock import Clock
from application.problems.packages import PackageRejected, Packages, ProblemDraft
from application.problems.publisher import Published, RevisionPublisher
from application.problems.revision_builder import RevisionBuilder
from application.transactions import Transaction
from domain.exceptions import Invalid, ProbaError
from domain.problems.entities import Complaint, ImportId, PackageImport
from domain.problems.enums import ImportStatus
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

    async def __call__(self, import_id: ImportId) -> None:
        """Silent when another worker has it. What is our fault leaves the import to be claimed again later."""
        package_import = await self.imports.claim(import_id)
        await self.transaction.commit()
        if package_import is None:
            return
        try:
            ended = await self._read(package_import)
        except (PackageRejected, ProbaError) as refusal:
            await self.transaction.rollback()
            ended = replace(
                package_import,
                status=ImportStatus.REJECTED,
                complaints=_complaints(refusal),
                finished_at=self.clock.now(),
            )
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
        slug = package_import.slug or draft.slug
        if slug is None:
            raise PackageRejected(Complaint("the package names no slug: send one with the upload, or set it inside"))
        check_slug(slug)
        built = await self.builder.build(draft, problem_id=None, number=0)
        return await self.publisher.publish(slug, package_import.key_id, built, may_everything=False)


def _complaints(refusal: PackageRejected | ProbaError) -> tuple[Complaint, ...]:
    if isinstance(refusal, PackageRejected):
        return refusal.complaints
    if isinstance(refusal, Invalid):
        return tuple(Complaint(error.detail, file=error.pointer.lstrip("/") or None) for error in refusal.errors)
    return (Complaint(str(refusal)),)
