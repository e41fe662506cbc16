from dataclasses import dataclass

from application.transactions import Transaction
from domain.access.entities import ApiKey
from domain.access.enums import Scope
from domain.problems.entities import Revision, Slug
from domain.problems.exceptions import ProblemNotFound, RevisionNotFound
from domain.problems.repositories import ProblemRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionReader:
    """Whose files a key may read: any key those of the revision in force, as it may read the problem; what was in
    force before (a hidden test shown as a sample by mistake) the problem's author and admins alone.
    """

    transaction: Transaction
    problems: ProblemRepository

    async def find(self, key: ApiKey, slug: Slug, number: int | None, *, tests: bool = False) -> Revision:
        """``number`` None: the one in force. Its files can be read afterwards without holding a connection.

        Raises ProblemNotFound, RevisionNotFound.
        """
        problem = await self.problems.by_slug(slug)
        if problem is None or problem.archived_at is not None or problem.current is None:
            raise ProblemNotFound(slug)
        found: Revision | None = None
        is_author = key.allows(Scope.ADMIN) or (key.allows(Scope.AUTHOR) and problem.owner == key.id)
        if number is None or number == problem.revision:
            found = await self.problems.revision(problem.current, tests=tests)
        elif is_author:
            found = await self.problems.numbered(problem.id, number, tests=tests)
        await self.transaction.rollback()
        if found is None:
            raise RevisionNotFound(number or 0)
        return found
