from dataclasses import dataclass

from application.audit_log import AuditLog
from application.transactions import Transaction
from domain.access.entities import ApiKey
from domain.access.enums import Scope
from domain.problems.entities import Slug
from domain.problems.exceptions import NotTheOwner, ProblemNotFound
from domain.problems.repositories import ProblemRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveProblem:
    """Hide a problem; its submissions stay, and writing it again brings it back."""

    transaction: Transaction
    problems: ProblemRepository
    audit: AuditLog

    async def __call__(self, key: ApiKey, slug: Slug) -> None:
        """Raises MissingScope, ProblemNotFound, NotTheOwner."""
        key.require(Scope.AUTHOR)
        problem = await self.problems.by_slug(slug, for_update=True)
        if problem is None or problem.archived_at is not None:
            raise ProblemNotFound(slug)
        if problem.owner != key.id and not key.allows(Scope.ADMIN):
            raise NotTheOwner(slug)
        await self.problems.archive(problem.id)
        await self.audit.note(key, "problem.archive", slug)
        await self.transaction.commit()
