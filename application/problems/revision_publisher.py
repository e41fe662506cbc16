"""Putting a built revision in force: the one way for bodies and packages."""

from dataclasses import dataclass, replace
from enum import Enum, auto

from application.clock import Clock
from application.ids import new_id
from domain.access.entities import ApiKeyId
from domain.problems.entities import Problem, ProblemId, Revision, Slug
from domain.problems.exceptions import NotTheOwner, RevisionMismatch
from domain.problems.repositories import ProblemRepository


class PutOutcome(Enum):
    """What has been done."""

    CREATED = auto()
    REVISED = auto()
    UNCHANGED = auto()


@dataclass(frozen=True, slots=True)
class Published:
    """The problem as it is now, with its revision in force."""

    problem: Problem
    revision: Revision
    outcome: PutOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionPublisher:
    """Writers of one slug come one after the other: the problem's row is locked. The caller commits."""

    problems: ProblemRepository
    clock: Clock

    async def check(
        self, slug: Slug, owner: ApiKeyId, *, may_everything: bool = False, if_match: int | None = None
    ) -> None:
        """Whether ``publish`` would refuse as things are, before anything is stored. Raises as it does."""
        _check(await self.problems.by_slug(slug), slug, owner, may_everything=may_everything, if_match=if_match)

    async def publish(
        self, slug: Slug, owner: ApiKeyId, built: Revision, *, may_everything: bool = False, if_match: int | None = None
    ) -> Published:
        """A revision equal to the one in force makes no new one. Raises NotTheOwner, RevisionMismatch."""
        problem = await self.problems.by_slug(slug, for_update=True)
        if problem is None and if_match is None:
            fresh = Problem(id=ProblemId(new_id()), slug=slug, owner=owner, created_at=self.clock.now())
            problem = await self.problems.add(fresh)
        _check(problem, slug, owner, may_everything=may_everything, if_match=if_match)
        assert problem is not None  # None with an If-Match was refused
        if problem.current is not None and problem.archived_at is None:
            current = await self.problems.revision(problem.current, tests=False)
            if current.digest == built.digest:
                return Published(problem, await self.problems.revision(problem.current), PutOutcome.UNCHANGED)
        revision = replace(built, problem_id=problem.id, number=problem.revision + 1)
        await self.problems.add_revision(revision)
        await self.problems.put_in_force(problem.id, revision.id)
        return Published(
            replace(problem, current=revision.id, revision=revision.number, title=revision.title, archived_at=None),
            revision,
            PutOutcome.CREATED if problem.current is None or problem.archived_at else PutOutcome.REVISED,
        )


def _check(problem: Problem | None, slug: Slug, owner: ApiKeyId, *, may_everything: bool, if_match: int | None) -> None:
    if problem is not None and problem.owner != owner and not may_everything:
        raise NotTheOwner(slug)
    in_force = 0 if problem is None or problem.archived_at is not None else problem.revision
    if if_match is not None and if_match != in_force:
        raise RevisionMismatch(str(if_match), in_force)
