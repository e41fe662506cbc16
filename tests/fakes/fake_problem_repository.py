from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from domain.problems.entities import Problem, ProblemId, Revision, RevisionId, Slug
from domain.problems.exceptions import ProblemNotFound


class FakeProblemRepository:
    """Dictionaries; ``locks`` are the slugs that were looked up for an update."""

    def __init__(self) -> None:
        self.problems: dict[ProblemId, Problem] = {}
        self.all_revisions: dict[RevisionId, Revision] = {}
        self.locks: list[Slug] = []

    async def by_slug(self, slug: Slug, *, for_update: bool = False) -> Problem | None:
        if for_update:
            self.locks.append(slug)
        return next((p for p in self.problems.values() if p.slug == slug), None)

    async def add(self, problem: Problem) -> Problem:
        stored = await self.by_slug(problem.slug, for_update=True)
        return stored or self.problems.setdefault(problem.id, problem)

    async def list_page(self, limit: int, after: Slug | None) -> list[Problem]:
        shown = [p for p in self.problems.values() if p.archived_at is None and p.current and p.slug > (after or "")]
        return sorted(shown, key=lambda p: p.slug)[:limit]

    async def remove_unused(self, moment: datetime, most: int) -> int:
        raise NotImplementedError  # nobody judges here

    async def archive(self, problem_id: ProblemId) -> None:
        self.problems[problem_id] = replace(self.problems[problem_id], archived_at=datetime.now(UTC))

    async def add_revision(self, revision: Revision) -> None:
        self.all_revisions[revision.id] = revision

    async def put_in_force(self, problem_id: ProblemId, revision_id: RevisionId) -> None:
        revision = self.all_revisions[revision_id]
        self.problems[problem_id] = replace(
            self.problems[problem_id],
            current=revision_id,
            revision=revision.number,
            title=revision.title,
            archived_at=None,
        )

    async def revision(self, revision_id: RevisionId, *, tests: bool = True) -> Revision:
        if revision_id not in self.all_revisions:
            raise ProblemNotFound(str(revision_id))
        revision = self.all_revisions[revision_id]
        return revision if tests else replace(revision, tests=())

    async def numbered(self, problem_id: ProblemId, number: int, *, tests: bool = True) -> Revision | None:
        found = (r for r in self.all_revisions.values() if (r.problem_id, r.number) == (problem_id, number))
        revision = next(found, None)
        return revision if revision is None or tests else replace(revision, tests=())

    async def revisions(self, problem_id: ProblemId) -> Sequence[Revision]:
        return [replace(r, tests=()) for r in self.all_revisions.values() if r.problem_id == problem_id]
