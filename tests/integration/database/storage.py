"""What the tests of the database share: a small world of rows, and shorthands over the repositories."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from application.ids import new_id
from application.submissions.job_ledger import ClaimedJob
from domain.access.entities import ApiKey, ApiKeyId
from domain.access.enums import Scope
from domain.languages.entities import LanguageId
from domain.problems.entities import (
    CheckerSpec,
    Problem,
    ProblemId,
    ProblemLimits,
    Revision,
    RevisionId,
    Slug,
    TestCase,
    TestGroup,
)
from domain.problems.enums import CheckerType, GroupScoring, Scoring
from domain.problems.files import BlobRef
from domain.runs.entities import Limits, SourceFile
from domain.submissions.entities import (
    Claim,
    GroupScore,
    JobId,
    JobResult,
    RunTimes,
    Submission,
    SubmissionId,
    SubmissionView,
    TestResult,
)
from domain.verdicts import Verdict
from domain.workers.entities import WorkerId
from infrastructure.database.postgres import create_sessionmaker
from infrastructure.database.repositories.access.repositories import SqlApiKeyRepository
from infrastructure.database.repositories.problems.repositories import SqlProblemRepository
from infrastructure.database.repositories.submissions.job_ledger import SqlJobLedger
from infrastructure.database.repositories.submissions.repositories import SqlSubmissionRepository

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
PYTHON, CPP = LanguageId("python3"), LanguageId("cpp17")
WORKER = WorkerId(new_id())
LEASE = timedelta(seconds=30)
GONE = timedelta(milliseconds=-1)
"""A lease that has run out as soon as it is given."""
LIMITS = Limits(
    cpu_time=timedelta(seconds=1),
    wall_time=timedelta(seconds=3),
    memory=2**28,
    output=2**26,
    processes=64,
    stack=2**28,
    file_size=2**26,
    open_files=256,
)
ACCEPTED = JobResult(
    verdict=Verdict.AC,
    score=1.0,
    max_score=1.0,
    message="",
    cpu_time=timedelta(microseconds=1234567),
    wall_time=timedelta(seconds=2),
    memory=2**33,
    groups=(GroupScore("easy", 0.1, 0.30000000000000004),),
)


def make_key(*scopes: Scope) -> ApiKey:
    return ApiKey(
        id=ApiKeyId(new_id()),
        name="test",
        digest=sha256(uuid4().bytes).digest(),
        scopes=frozenset(scopes or {Scope.SUBMIT}),
        max_priority=10,
        created_at=NOW,
    )


def make_revision(problem_id: ProblemId | None = None, number: int = 1, tests: int = 2) -> Revision:
    return Revision(
        id=RevisionId(new_id()),
        problem_id=problem_id,
        number=number,
        title="A + B",
        limits=ProblemLimits(cpu_time=timedelta(microseconds=1234567), memory=2**33),
        checker=CheckerSpec(type=CheckerType.FLOAT, absolute=1e-9),
        scoring=Scoring.POINTS,
        groups=(TestGroup(name="easy", points=30.5, scoring=GroupScoring.SUM, depends_on=("samples",)),),
        tests=tuple(
            TestCase(
                name=f"secret/{index}",
                input=BlobRef(sha256(b"in%d" % index).digest(), index),
                answer=BlobRef(sha256(b"out").digest(), 2**40),
                group="easy" if index else None,
                sample=not index,
                points=None if index else 0.1,
            )
            for index in range(tests)
        ),
        digest=sha256(b"revision").digest(),
        created_at=NOW,
    )


def make_result(index: int, verdict: Verdict = Verdict.AC) -> TestResult:
    return TestResult(
        index=index,
        name=f"secret/{index}",
        group=None,
        sample=False,
        verdict=verdict,
        message="wrong answer" if verdict is Verdict.WA else "",
        share=0.25,
        points=0.1,
        cpu_time=timedelta(microseconds=1234567),
        wall_time=timedelta(days=1, microseconds=1),
        memory=2**33,
        exit_code=0,
        signal=None,
        margin=-0.1,
        runs=(RunTimes(timedelta(microseconds=1234567), timedelta(seconds=2)),),
        stdout=b"\x00\xff bytes",
        stderr=b"",
        comment=None,
    )


@dataclass
class Storage:
    """The database with one key that has one problem."""

    engine: AsyncEngine
    key: ApiKey = field(default_factory=make_key)
    problem: Problem = field(init=False)
    revision: Revision = field(init=False)

    def __post_init__(self) -> None:
        self.sessions: async_sessionmaker[AsyncSession] = create_sessionmaker(self.engine)
        self.ledger = SqlJobLedger(self.engine)

    async def set_up(self) -> None:
        await self.add_key(self.key)
        self.problem, self.revision = await self.add_problem(self.key)

    async def add_key(self, key: ApiKey) -> ApiKey:
        async with self.sessions() as session:
            await SqlApiKeyRepository(session).add(key)
            await session.commit()
        return key

    async def add_problem(self, owner: ApiKey) -> tuple[Problem, Revision]:
        slug = Slug(f"p-{uuid4().hex[:12]}")
        problem = Problem(id=ProblemId(new_id()), slug=slug, owner=owner.id, created_at=NOW)
        revision = make_revision(problem.id)
        async with self.sessions() as session:
            problems = SqlProblemRepository(session)
            await problems.add(problem)
            await problems.add_revision(revision)
            await problems.put_in_force(problem.id, revision.id)
            stored = await problems.by_slug(slug)
            await session.commit()
        assert stored is not None
        return stored, revision

    def submission(
        self,
        *,
        key: ApiKey | None = None,
        problem: Problem | None = None,
        language: LanguageId = PYTHON,
        priority: int = 0,
        metadata: dict[str, object] | None = None,
    ) -> Submission:
        problem = problem or self.problem
        assert problem.current is not None
        return Submission(
            id=SubmissionId(new_id()),
            key_id=(key or self.key).id,
            problem_id=problem.id,
            revision_id=problem.current,
            language=language,
            sources=(SourceFile("main.py", b"print(1)\r\n\x00\xff"), SourceFile("naïve.py", b"")),
            priority=priority,
            stop_on_failure=False,
            metadata=metadata or {},
            created_at=NOW,
        )

    async def submit(self, *submissions: Submission) -> list[JobId]:
        job_ids = [JobId(new_id()) for _ in submissions]
        async with self.sessions() as session:
            await SqlSubmissionRepository(session).add(submissions, job_ids)
            await session.commit()
        return job_ids

    async def view(self, submission_id: SubmissionId) -> SubmissionView:
        async with self.sessions() as session:
            view = await SqlSubmissionRepository(session).view(submission_id)
        assert view is not None
        return view

    async def claim(self, lease: timedelta = LEASE, languages: Sequence[LanguageId] = (PYTHON, CPP)) -> Claim:
        return (await self.claim_job(lease, languages)).claim

    async def claim_job(self, lease: timedelta = LEASE, languages: Sequence[LanguageId] = (PYTHON, CPP)) -> ClaimedJob:
        job = await self.ledger.claim(WORKER, "worker-1", languages, lease)
        assert job is not None
        return job

    async def finish(self, claim: Claim, *results: TestResult) -> None:
        await self.ledger.finish(claim, ACCEPTED, None, LIMITS, "namespaces", results)

    async def attempts(self, job_id: JobId) -> list[tuple[int, str | None, str | None]]:
        """Number, ending and reason of each; an ending always has its time."""
        async with self.engine.connect() as connection:
            rows = await connection.execute(
                text("SELECT attempt, ending, reason FROM job_attempts WHERE job_id = :id ORDER BY attempt"),
                {"id": job_id},
            )
            return [(row.attempt, row.ending, row.reason) for row in rows]

    async def count(self, table: str) -> int:
        async with self.engine.connect() as connection:
            number: int = (await connection.execute(text(f'SELECT count(*) FROM "{table}"'))).scalar_one()
        return number
