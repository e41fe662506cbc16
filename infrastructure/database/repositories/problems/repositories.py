from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from domain.access.entities import ApiKeyId
from domain.problems.entities import ImportId, Problem, ProblemId, Revision, RevisionId, Slug
from domain.problems.enums import ImportStatus
from domain.problems.exceptions import ProblemNotFound
from domain.problems.package_import import PackageImport
from domain.problems.proof import Progress
from infrastructure.database.repositories.problems import insertion
from infrastructure.database.repositories.problems.mappers import (
    import_values,
    to_import,
    to_problem,
    to_revision,
)
from infrastructure.database.repositories.problems.models import ImportModel, ProblemModel, RevisionModel, TestCaseModel
from infrastructure.database.repositories.repository import Repository

ABANDONED_AFTER = timedelta(minutes=10)


REMOVE_UNUSED = text("""
WITH unused AS (
    SELECT id FROM revisions WHERE problem_id IS NULL AND created_at < :before
        AND NOT EXISTS (SELECT FROM submissions WHERE submissions.revision_id = revisions.id)
        AND NOT EXISTS (SELECT FROM jobs WHERE jobs.revision_id = revisions.id)
    LIMIT :most FOR UPDATE SKIP LOCKED
), removed AS (
    DELETE FROM revisions USING unused WHERE revisions.id = unused.id RETURNING revisions.id
)
SELECT count(*) FROM removed
""")


class SqlProblemRepository(Repository):
    """``domain.problems.repositories.ProblemRepository`` over PostgreSQL."""

    async def remove_unused(self, moment: datetime, most: int) -> int:
        """Their tests go with them."""
        removed: int = (await self._execute(REMOVE_UNUSED, {"before": moment, "most": most})).scalar_one()
        return removed

    async def by_slug(self, slug: Slug, *, for_update: bool = False) -> Problem | None:
        """The lock lets submissions to the problem through."""
        if for_update:
            # first the lock alone: a query that waits for it would join the new row with what it saw before
            lock = select(ProblemModel.id).where(ProblemModel.slug == slug).with_for_update(key_share=True)
            if await self._one(lock) is None:  # one that another makes just now would be given away unlocked
                return None
        row = (await self._execute(_problems().where(ProblemModel.slug == slug))).one_or_none()
        return None if row is None else to_problem(*row)

    async def add(self, problem: Problem) -> Problem:
        """Waits for another request that is just making the same slug."""
        statement = upsert(ProblemModel).values(
            id=problem.id,
            slug=problem.slug,
            owner=problem.owner,
            created_at=problem.created_at,
            archived_at=problem.archived_at,
            current=problem.current,
        )
        statement = statement.on_conflict_do_nothing(index_elements=[ProblemModel.slug])
        if await self._one(statement.returning(ProblemModel.id)) is not None:
            return problem
        stored = await self.by_slug(problem.slug, for_update=True)
        assert stored is not None  # problems are never deleted
        return stored

    async def list_page(self, limit: int, after: Slug | None) -> list[Problem]:
        """In the order of code points."""
        query = _problems().where(ProblemModel.archived_at.is_(None), ProblemModel.current.is_not(None))
        if after is not None:
            query = query.where(ProblemModel.slug > after)
        return [to_problem(*row) for row in await self._execute(query.order_by(ProblemModel.slug).limit(limit))]

    async def archive(self, problem_id: ProblemId) -> None:
        """Twice keeps the first time."""
        archived_at = func.coalesce(ProblemModel.archived_at, func.clock_timestamp())
        await self._execute(update(ProblemModel).where(ProblemModel.id == problem_id).values(archived_at=archived_at))

    async def add_revision(self, revision: Revision) -> None:
        """Raises Conflict when the problem has another of this number."""
        await self._execute(insertion.INSERT, insertion.insertion(revision))

    async def put_in_force(self, problem_id: ProblemId, revision_id: RevisionId) -> None:
        """Submissions from the commit on are judged by it."""
        statement = update(ProblemModel).where(ProblemModel.id == problem_id)
        await self._execute(statement.values(current=revision_id, archived_at=None))

    async def revision(self, revision_id: RevisionId, *, tests: bool = True) -> Revision:
        """Raises ProblemNotFound."""
        model = await self._one(select(RevisionModel).where(RevisionModel.id == revision_id))
        if model is None:
            raise ProblemNotFound(str(revision_id))
        return await self._with_tests(model) if tests else to_revision(model, ())

    async def numbered(self, problem_id: ProblemId, number: int, *, tests: bool = True) -> Revision | None:
        """As the constraint has it, at most one."""
        query = select(RevisionModel).where(RevisionModel.problem_id == problem_id, RevisionModel.number == number)
        model = await self._one(query)
        if model is None:
            return None
        return await self._with_tests(model) if tests else to_revision(model, ())

    async def _with_tests(self, model: RevisionModel) -> Revision:
        query = select(TestCaseModel.__table__).where(TestCaseModel.revision_id == model.id)
        return to_revision(model, await self._execute(query.order_by(TestCaseModel.index)))

    async def revisions(self, problem_id: ProblemId) -> Sequence[Revision]:
        """By number."""
        query = select(RevisionModel).where(RevisionModel.problem_id == problem_id).order_by(RevisionModel.number)
        return [to_revision(model, ()) for model in await self._all(query)]


class SqlImportRepository(Repository):
    """``domain.problems.repositories.ImportRepository`` over PostgreSQL."""

    async def add(self, package_import: PackageImport) -> None:
        """Its bell rings after the commit."""
        await self._execute(insert(ImportModel), import_values(package_import))

    async def by_id(self, import_id: ImportId) -> PackageImport | None:
        """As it is now."""
        model = await self._one(select(ImportModel).where(ImportModel.id == import_id))
        return None if model is None else to_import(model)

    async def save(self, package_import: PackageImport) -> None:
        """Silent when it is not there."""
        values = import_values(package_import)
        await self._execute(update(ImportModel).where(ImportModel.id == package_import.id).values(values))

    async def claim(self, import_id: ImportId) -> PackageImport | None:
        """Of two at once one gets it, when the other's transaction has ended."""
        statement = update(ImportModel).where(ImportModel.id == import_id, or_(*_claimable()))
        statement = statement.values(status=ImportStatus.PROVING, claimed_at=func.clock_timestamp(), progress=None)
        model = await self._one(statement.returning(ImportModel))
        return None if model is None else to_import(model)

    async def keep(self, import_id: ImportId, progress: Progress | None) -> bool:
        """By the database's clock."""
        statement = update(ImportModel).where(ImportModel.id == import_id, ImportModel.status == ImportStatus.PROVING)
        statement = statement.values(claimed_at=func.clock_timestamp(), progress=progress)
        return await self._one(statement.returning(ImportModel.id)) is not None

    async def list_waiting(self, limit: int) -> list[ImportId]:
        """By the time they were sent."""
        query = select(ImportModel.id).where(or_(*_claimable())).order_by(ImportModel.created_at, ImportModel.id)
        return list(await self._all(query.limit(limit)))

    async def last_of(self, slug: Slug, key_id: ApiKeyId | None) -> PackageImport | None:
        """By the time it was sent."""
        query = select(ImportModel).where(ImportModel.slug == slug)
        if key_id is not None:
            query = query.where(ImportModel.key_id == key_id)
        model = await self._one(query.order_by(ImportModel.created_at.desc(), ImportModel.id.desc()).limit(1))
        return None if model is None else to_import(model)

    async def accepted_as(self, slug: Slug, revision: int) -> PackageImport | None:
        """Later ones have given the same."""
        query = select(ImportModel).where(
            ImportModel.slug == slug, ImportModel.revision == revision, ImportModel.status == ImportStatus.ACCEPTED
        )
        model = await self._one(query.order_by(ImportModel.created_at, ImportModel.id).limit(1))
        return None if model is None else to_import(model)

    async def remove_before(self, moment: datetime, most: int) -> int:
        """They are few: one a package that was sent, so that no index is kept for it."""
        in_force = (
            select(RevisionModel.id)
            .join(ProblemModel, ProblemModel.current == RevisionModel.id)
            .where(ProblemModel.slug == ImportModel.slug, RevisionModel.number == ImportModel.revision)
        )
        old = select(ImportModel.id).where(ImportModel.finished_at < moment, ~in_force.exists()).limit(most)
        old = old.with_for_update(skip_locked=True)
        gone = delete(ImportModel).where(ImportModel.id.in_(old)).returning(ImportModel.id)
        return len(await self._all(gone))


def _problems() -> Select[Any, Any, Any]:
    return select(ProblemModel, RevisionModel.number, RevisionModel.title).outerjoin(
        RevisionModel, RevisionModel.id == ProblemModel.current
    )


def _claimable() -> Iterator[ColumnElement[bool]]:
    yield ImportModel.status == ImportStatus.PENDING
    yield and_(
        ImportModel.status == ImportStatus.PROVING,
        ImportModel.claimed_at < func.clock_timestamp() - ABANDONED_AFTER,
    )
