from dataclasses import dataclass

from application.audit_log import AuditLog
from application.problems.packages import ProblemDraft
from application.problems.revision_builder import RevisionBuilder
from application.problems.revision_publisher import PutOutcome, RevisionPublisher
from application.problems.usecases.get_problem import ProblemView
from application.transactions import Transaction
from domain.access.entities import ApiKey
from domain.access.enums import Scope
from domain.problems.entities import Slug
from domain.problems.validation import check_slug


@dataclass(frozen=True, slots=True)
class PutResult:
    """The problem as it is now."""

    view: ProblemView
    outcome: PutOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class PutProblem:
    """Write a problem by hand."""

    transaction: Transaction
    builder: RevisionBuilder
    publisher: RevisionPublisher
    audit: AuditLog

    async def __call__(self, key: ApiKey, slug: Slug, draft: ProblemDraft, if_match: int | None) -> PutResult:
        """``if_match``: the number of the revision that must be in force. Raises Invalid, MissingScope, NotTheOwner,
        RevisionMismatch.
        """
        key.require(Scope.AUTHOR)
        check_slug(slug)
        admin = key.allows(Scope.ADMIN)
        await self.publisher.check(slug, key.id, may_everything=admin, if_match=if_match)
        await self.transaction.rollback()
        # contents before the row: storing them may take long, and nothing shall be locked or held meanwhile
        built = await self.builder.build(draft, problem_id=None, number=0)
        published = await self.publisher.publish(slug, key.id, built, may_everything=admin, if_match=if_match)
        if published.outcome is not PutOutcome.UNCHANGED:
            await self.audit.note(key, "problem.put", slug, revision=published.revision.number)
        await self.transaction.commit()
        return PutResult(ProblemView(published.problem, published.revision), published.outcome)
