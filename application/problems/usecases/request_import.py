from collections.abc import AsyncIterator
from dataclasses import dataclass

from application.audit_log import AuditLog
from application.blobs import BlobStorage, BlobTooLarge
from application.clock import Clock
from application.idempotency.reply_keeper import ReplyKeeper
from application.ids import new_id
from application.problems.policy import ImportPolicy
from application.problems.revision_publisher import RevisionPublisher
from application.submissions.bell import Bell
from application.transactions import Transaction
from domain.access.entities import ApiKey
from domain.access.enums import Scope
from domain.exceptions import TooLarge
from domain.problems.entities import ImportId, Slug
from domain.problems.enums import ImportStatus
from domain.problems.package_import import PackageImport
from domain.problems.repositories import ImportRepository
from domain.problems.validation import check_slug
from domain.runs.units import size_text


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestImport:
    """Keep an uploaded package, and let a worker read it."""

    transaction: Transaction
    imports: ImportRepository
    blobs: BlobStorage
    bell: Bell
    clock: Clock
    policy: ImportPolicy
    publisher: RevisionPublisher
    audit: AuditLog
    reply: ReplyKeeper

    async def __call__(self, key: ApiKey, chunks: AsyncIterator[bytes], slug: Slug | None) -> PackageImport:
        """The import, pending. Raises MissingScope, Invalid, NotTheOwner, TooLarge (nothing is kept then)."""
        key.require(Scope.AUTHOR)
        if slug is not None:
            check_slug(slug)
            await self.publisher.check(slug, key.id)
            await self.transaction.rollback()  # an upload may be slow, and must hold no connection
        try:
            package = await self.blobs.put_stream(chunks, self.policy.max_package_size)
        except BlobTooLarge as error:
            raise TooLarge.field(
                "/package", f"a package may have {size_text(self.policy.max_package_size)} (PROBA_MAX_PACKAGE_SIZE)"
            ) from error
        package_import = PackageImport(
            id=ImportId(new_id()),
            key_id=key.id,
            slug=slug,
            package=package,
            status=ImportStatus.PENDING,
            created_at=self.clock.now(),
        )
        await self.imports.add(package_import)
        await self.audit.note(key, "problem.import", package_import.id, slug=slug, package=package.digest.hex())
        await self.reply.keep(package_import)
        await self.transaction.commit()
        await self.bell.ring_import(package_import.id)
        return package_import
