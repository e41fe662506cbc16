"""The role of ``docs/recipes/worker-role.sql`` suffices for all that a worker does, and for nothing more."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from application.ids import new_id
from domain.problems.entities import ImportId, Problem, ProblemId, Slug
from domain.problems.enums import ImportStatus
from domain.problems.files import BlobRef
from domain.problems.package_import import PackageImport
from infrastructure.database.postgres import create_engine
from infrastructure.database.probe import DatabaseProbe
from infrastructure.database.repositories.problems.repositories import SqlImportRepository, SqlProblemRepository
from infrastructure.database.repositories.submissions.job_ledger import SqlJobLedger
from infrastructure.database.repositories.workers.repositories import SqlWorkerRepository
from tests.integration.database.storage import (
    ACCEPTED,
    GONE,
    LEASE,
    LIMITS,
    NOW,
    PYTHON,
    WORKER,
    Storage,
    make_result,
    make_revision,
)
from tests.integration.database.test_keys_and_workers import make_worker

RECIPE = Path("docs/recipes/worker-role.sql")


@pytest.fixture
async def worker(engine: AsyncEngine, storage: Storage) -> AsyncIterator[Storage]:
    """The storage as a worker sees it."""
    url = engine.url.render_as_string(hide_password=False)
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute(RECIPE.read_text(encoding="utf-8"))
    await connection.close()
    own = create_engine(url.replace("postgres@", "proba_worker@", 1))
    seen = Storage(own, storage.key)
    seen.problem, seen.revision = storage.problem, storage.revision
    yield seen
    await own.dispose()


async def test_it_can_judge(storage: Storage, worker: Storage) -> None:
    submission = storage.submission()
    await storage.submit(submission, storage.submission(), storage.submission())
    ledger: SqlJobLedger = worker.ledger
    job = await worker.claim_job()
    claim = job.claim
    await ledger.revision(job)
    await ledger.compiled(claim, None, LIMITS, "none")
    await ledger.record(claim, [make_result(0)])
    assert await ledger.extend([claim], LEASE) == []
    await ledger.finish(claim, ACCEPTED, None, LIMITS, "none", [make_result(1)])
    await ledger.give_back(await worker.claim(), "stopped")
    assert await ledger.fail(await worker.claim(), "broken", 1) is True
    await worker.claim(GONE)
    assert (await ledger.sweep(3)).given_back == 1
    assert (await storage.view(submission.id)).job.result == ACCEPTED
    assert await DatabaseProbe(worker.engine).trouble() is None


async def test_it_can_register_and_import(storage: Storage, worker: Storage) -> None:
    package_import = PackageImport(
        id=ImportId(new_id()),
        key_id=storage.key.id,
        slug=None,
        package=BlobRef(b"\x00" * 32, 1),
        status=ImportStatus.PENDING,
        created_at=NOW,
    )
    async with storage.sessions() as session:
        await SqlImportRepository(session).add(package_import)
        await session.commit()
    async with worker.sessions() as session:
        me = make_worker("me")
        workers = SqlWorkerRepository(session)
        await workers.register(me)
        await workers.beat(me.id, "")
        await workers.remove(me.id)
        imports, problems = SqlImportRepository(session), SqlProblemRepository(session)
        assert await imports.list_waiting(1) == [package_import.id]
        assert await imports.claim(package_import.id) is not None
        slug = Slug("imported")
        problem = await problems.add(Problem(id=ProblemId(new_id()), slug=slug, owner=storage.key.id, created_at=NOW))
        await problems.by_slug(slug, for_update=True)
        revision = make_revision(problem.id)
        await problems.add_revision(revision)
        await problems.put_in_force(problem.id, revision.id)
        await imports.save(package_import)
        await session.commit()


async def test_it_can_do_nothing_more(storage: Storage, worker: Storage) -> None:
    await storage.submit(storage.submission())
    with pytest.raises(ProgrammingError, match="permission denied"):
        await worker.submit(storage.submission())
    for statement in (
        "SELECT digest FROM api_keys",
        "UPDATE api_keys SET revoked_at = NULL",
        "SELECT body FROM replies",
        "SELECT details FROM audit_entries",
        "DELETE FROM audit_entries",
        "UPDATE key_usage SET submissions = 0",
        "DELETE FROM submissions",
        "UPDATE submissions SET language = 'c11'",
        "UPDATE sources SET name = 'x'",
        "UPDATE revisions SET number = 2",
        "UPDATE test_results SET verdict = 'AC'",
        "CREATE TABLE mine (id integer)",
    ):
        async with worker.engine.connect() as connection:
            with pytest.raises(ProgrammingError, match="permission denied"):
                await connection.execute(text(statement))
    assert await worker.ledger.claim(WORKER, "w", [PYTHON], LEASE) is not None
