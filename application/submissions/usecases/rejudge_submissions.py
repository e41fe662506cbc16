from dataclasses import dataclass, replace

from application.submissions.rejudging import Rejudging
from domain.access.entities import ApiKey
from domain.access.enums import Scope
from domain.exceptions import Invalid
from domain.problems.exceptions import NotYourProblem, ProblemNotFound
from domain.problems.repositories import ProblemRepository
from domain.submissions.enums import RevisionChoice
from domain.submissions.rejudge import Rejudge, RejudgeFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class RejudgeSubmissions:
    """Judge again whatever a filter finds."""

    problems: ProblemRepository
    rejudging: Rejudging

    async def __call__(
        self, key: ApiKey, filter_: RejudgeFilter, revision: RevisionChoice, priority: int | None
    ) -> Rejudge:
        """Of an author only what was sent to its problems. Raises MissingScope, Invalid, ProblemNotFound,
        NotYourProblem, Overloaded.
        """
        key.require(Scope.AUTHOR)
        if filter_ == RejudgeFilter():
            raise Invalid.field("", "say what is to be judged again: a problem, ids, a verdict …")
        if filter_.problem is not None:
            problem = await self.problems.by_slug(filter_.problem)
            if problem is None:
                raise ProblemNotFound(filter_.problem)
            if problem.owner != key.id and not key.allows(Scope.ADMIN):
                raise NotYourProblem(filter_.problem)
        if not key.allows(Scope.ADMIN):
            filter_ = replace(filter_, owner=key.id)
        rejudge = await self.rejudging.begin(key, filter_, revision, priority)
        await self.rejudging.commit(rejudge, rejudge)
        return rejudge
