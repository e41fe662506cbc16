from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.enums import Scope
from domain.problems.entities import RevisionId, Slug
from domain.submissions.dtos import SubmissionFilter
from domain.submissions.entities import Submission, SubmissionId
from domain.submissions.enums import JobStatus
from domain.submissions.exceptions import LeaseLost
from domain.submissions.rejudge import RejudgeFilter
from domain.verdicts import Verdict
from infrastructure.database.repositories.problems.repositories import SqlProblemRepository
from infrastructure.database.repositories.submissions import view_statements
from infrastructure.database.repositories.submissions.job_ledger import SqlJobLedger
from infrastructure.database.repositories.submissions.models import SubmissionModel
from infrastructure.database.repositories.submissions.repositories import SqlSubmissionRepository
from tests.integration.database.storage import (
    ACCEPTED,
    CPP,
    LIMITS,
    PYTHON,
    Storage,
    make_key,
    make_result,
    make_revision,
)
from tests.integration.database.test_rejudging import rejudge


@pytest.fixture
def submissions(session: AsyncSession) -> SqlSubmissionRepository:
    return SqlSubmissionRepository(session)


async def listed(repository: SqlSubmissionRepository, filter_: SubmissionFilter) -> list[SubmissionId]:
    """Newest first, as ids."""
    return [view.submission.id for view in await repository.list_page(filter_, 100)]


def ids(*submissions: Submission) -> list[SubmissionId]:
    """As they are listed."""
    return [s.id for s in reversed(submissions)]


async def test_what_was_sent_is_shown(storage: Storage, submissions: SqlSubmissionRepository) -> None:
    metadata: dict[str, object] = {"ünï": ["\ud7ff", 1.5, None, {"a": True}], "big": 2**63}
    submission = storage.submission(metadata=metadata, priority=-3)
    [job_id] = await storage.submit(submission)
    view = await submissions.view(submission.id)
    assert view is not None
    assert view.submission == replace(submission, sources=())
    assert (view.problem, view.problem_owner, view.revision) == (storage.problem.slug, storage.key.id, 1)
    assert (view.job.id, view.job.number, view.job.status) == (job_id, 1, JobStatus.QUEUED)
    assert view.job.submission_id == submission.id
    assert (view.job.result, view.job.started_at, view.tests) == (None, None, ())
    assert await submissions.sources(submission.id) == submission.sources
    assert await submissions.view(submission.id, 1) == view
    assert await submissions.view(submission.id, 2) is None
    assert await submissions.view(submission.id, 2**31) is None
    assert await submissions.view(SubmissionId(job_id)) is None
    assert await submissions.jobs(submission.id) == [view]
    assert await submissions.jobs(SubmissionId(job_id)) == []


async def test_tests_of_its_own(storage: Storage, session: AsyncSession) -> None:
    revision = make_revision(None, 0)
    await SqlProblemRepository(session).add_revision(revision)
    await session.commit()
    submission = replace(storage.submission(), problem_id=None, revision_id=revision.id)
    await storage.submit(submission)
    view = await storage.view(submission.id)
    assert (view.problem, view.problem_owner, view.revision) == (None, None, None)
    job = await storage.claim_job()
    assert await storage.ledger.revision(job) == revision
    await SqlSubmissionRepository(session).remove(submission.id)
    assert await SqlProblemRepository(session).remove_unused(revision.created_at + timedelta(seconds=1), 10) == 1
    await session.commit()
    assert await storage.ledger.revision(job) == revision, "it is remembered"
    with pytest.raises(LeaseLost):
        await SqlJobLedger(storage.engine).revision(job)


async def test_nothing_is_stored_when_one_is_wrong(storage: Storage) -> None:
    wrong = replace(storage.submission(), revision_id=RevisionId(storage.key.id))
    with pytest.raises(IntegrityError):
        await storage.submit(storage.submission(), wrong)
    for table in ("submissions", "sources", "jobs", "queue", "key_clocks"):
        assert await storage.count(table) == 0


async def test_a_rejudging_does_not_hide_the_old_verdict(
    storage: Storage, submissions: SqlSubmissionRepository
) -> None:
    submission = storage.submission()
    [first] = await storage.submit(submission)
    await storage.finish(await storage.claim(), make_result(1), make_result(0))
    await rejudge(storage, RejudgeFilter(ids=(submission.id,)))
    newest = await submissions.view(submission.id)
    assert newest is not None
    assert (newest.job.number, newest.job.result, newest.tests) == (2, None, ())
    old = await submissions.view(submission.id, 1)
    assert old is not None
    assert (old.job.id, old.job.result) == (first, ACCEPTED)
    assert old.tests == (make_result(0), make_result(1))
    assert [view.job.number for view in await submissions.jobs(submission.id)] == [1, 2]
    assert await listed(submissions, SubmissionFilter(status=JobStatus.FINISHED)) == []
    assert await listed(submissions, SubmissionFilter(status=JobStatus.QUEUED)) == [submission.id]


async def test_pages(storage: Storage, submissions: SqlSubmissionRepository) -> None:
    sent = [storage.submission() for _ in range(25)]
    await storage.submit(*sent)
    seen: list[SubmissionId] = []
    after = None
    while page := await submissions.list_page(SubmissionFilter(after=after), 10):
        seen += [view.submission.id for view in page]
        after = seen[-1]
    assert seen == ids(*sent)


async def test_filters(storage: Storage, submissions: SqlSubmissionRepository) -> None:
    problem, _ = await storage.add_problem(storage.key)
    python, cpp, other = storage.submission(), storage.submission(language=CPP), storage.submission(problem=problem)
    await storage.submit(python, cpp, other)
    await storage.finish(await storage.claim(languages=[PYTHON]))
    running = storage.submission(language=CPP)
    wrong = replace(ACCEPTED, verdict=Verdict.WA)
    await storage.ledger.finish(await storage.claim(languages=[CPP]), wrong, None, LIMITS, "none", [])
    await storage.submit(running)
    await storage.claim(languages=[CPP])
    for filter_, expected in (
        (SubmissionFilter(), ids(python, cpp, other, running)),
        (SubmissionFilter(problem=problem.slug), ids(other)),
        (SubmissionFilter(problem=Slug("none")), []),
        (SubmissionFilter(language=CPP), ids(cpp, running)),
        (SubmissionFilter(status=JobStatus.QUEUED), ids(other)),
        (SubmissionFilter(status=JobStatus.COMPILING), ids(running)),
        (SubmissionFilter(status=JobStatus.TESTING), []),
        (SubmissionFilter(status=JobStatus.FINISHED), ids(python, cpp)),
        (SubmissionFilter(verdict=Verdict.WA), ids(cpp)),
        (SubmissionFilter(verdict=Verdict.AC, language=PYTHON), ids(python)),
        (SubmissionFilter(verdict=Verdict.AC, language=CPP), []),
    ):
        assert await listed(submissions, filter_) == expected, filter_


async def test_keys_see_what_they_may(storage: Storage, submissions: SqlSubmissionRepository) -> None:
    author, stranger = await storage.add_key(make_key(Scope.AUTHOR)), await storage.add_key(make_key())
    theirs, _ = await storage.add_problem(author)
    own = storage.submission(key=author)
    to_theirs = storage.submission(key=stranger, problem=theirs)
    neither = storage.submission(key=stranger)
    await storage.submit(own, to_theirs, neither)
    for filter_, expected in (
        (SubmissionFilter(visible_to=author.id), ids(own)),
        (SubmissionFilter(visible_to=stranger.id), ids(to_theirs, neither)),
        (SubmissionFilter(visible_to=author.id, or_problems_of=author.id), ids(own, to_theirs)),
        (SubmissionFilter(visible_to=storage.key.id), []),
        (SubmissionFilter(visible_to=storage.key.id, or_problems_of=storage.key.id), ids(own, neither)),
        (SubmissionFilter(visible_to=author.id, problem=theirs.slug), []),
    ):
        assert await listed(submissions, filter_) == expected, filter_


METADATA: list[tuple[dict[str, object], dict[str, str], bool]] = [
    ({"a": "x", "b": "y"}, {"a": "x", "b": "y"}, True),
    ({"a": "x"}, {"a": "x", "b": "y"}, False),
    ({"a": "x"}, {"a": "X"}, False),
    ({"a": 5}, {"a": "5"}, True),
    ({"a": "5"}, {"a": "5"}, True),
    ({"a": 5}, {"a": "5.0"}, False),
    ({"a": 0.1}, {"a": "0.1"}, True),
    ({"a": 2**64}, {"a": str(2**64)}, True),
    ({"a": True}, {"a": "true"}, True),
    ({"a": None}, {"a": "null"}, False),
    ({"a": "null"}, {"a": "null"}, True),
    ({"a": {"b": 1}}, {"a": '{"b": 1}'}, True),
    ({"n": {"a": "x"}}, {"a": "x"}, False),
    ({"a": ["x"]}, {"a": "x"}, False),
    ({"a": "1" * 500}, {"a": "1" * 500}, True),
    ({"a'\"": "%:x \\"}, {"a'\"": "%:x \\"}, True),
    ({"a": "007"}, {"a": "007"}, True),
    ({"a": ""}, {"a": ""}, True),
]
"""What a submission has, what is asked for, and whether it is found."""


async def test_metadata_is_compared_as_text(storage: Storage, submissions: SqlSubmissionRepository) -> None:
    sent = [storage.submission(metadata=metadata) for metadata, _, _ in METADATA]
    await storage.submit(*sent)
    for submission, (metadata, pairs, found) in zip(sent, METADATA, strict=True):
        shown = await listed(submissions, SubmissionFilter(metadata=pairs))
        assert (submission.id in shown) is found, (metadata, pairs)
    assert await listed(submissions, SubmissionFilter(metadata={"b": "y"})) == [sent[0].id]


async def test_backlog_and_waiting_languages(storage: Storage, submissions: SqlSubmissionRepository) -> None:
    assert await submissions.backlog() == 0
    await storage.submit(storage.submission(), storage.submission(), storage.submission(language=CPP))
    assert await submissions.backlog() == 3
    assert await submissions.queued_languages() == [CPP, PYTHON]
    claim = await storage.claim(languages=[CPP])
    assert await submissions.backlog() == 3
    assert await submissions.queued_languages() == [PYTHON]
    await storage.finish(claim)
    assert await submissions.backlog() == 2


async def test_a_page_of_many_reads_little(storage: Storage) -> None:
    """The newest come out of an index in their order: no sort over all that there are."""
    await storage.submit(*(storage.submission() for _ in range(1000)))
    query = view_statements.newest_views().order_by(SubmissionModel.id.desc()).limit(20)
    statement = query.compile(storage.engine, compile_kwargs={"literal_binds": True})
    async with storage.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("ANALYZE submissions, jobs, revisions, problems"))
        plan = "\n".join((await connection.exec_driver_sql(f"EXPLAIN {statement}")).scalars())
    assert "Sort" not in plan, plan
    assert "using pk_submissions" in plan, plan
