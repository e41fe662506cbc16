"""The use cases over fakes: what is stored when, and what of our own faults."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from application.audit_log import AuditLog
from application.contents import BytesContent
from application.exceptions import StorageUnavailable
from application.idempotency.reply_keeper import ReplyKeeper
from application.ids import new_id
from application.judging.policy import RunPolicy
from application.judging.setter_programs import SetterPrograms
from application.judging.submission_judge import SubmissionJudge
from application.judging.workbench import Workbench
from application.problems.complaints import complaints_of
from application.problems.packages import DraftTest, InlineContents, PackageRejected, ProblemDraft
from application.problems.policy import ImportPolicy
from application.problems.proving import Progress, Proved, Prover
from application.problems.proving.progress import Report
from application.problems.revision_builder import SMALL, ContentMismatch, RevisionBuilder
from application.problems.revision_publisher import PutOutcome, RevisionPublisher
from application.problems.usecases import ImportPackage, PutProblem, RequestImport
from domain.access.entities import ApiKey, ApiKeyId
from domain.access.enums import Scope
from domain.access.exceptions import MissingScope
from domain.exceptions import FieldError, Invalid
from domain.problems.entities import Complaint, ProblemLimits, Slug
from domain.problems.enums import ImportStatus
from domain.problems.exceptions import NotTheOwner, RevisionMismatch
from infrastructure.checkers.builtin_checker import BuiltinChecker
from tests.fakes.fake_audit_repository import FakeAuditRepository
from tests.fakes.fake_bell import FakeBell
from tests.fakes.fake_clock import FakeClock
from tests.fakes.fake_import_repository import FakeImportRepository
from tests.fakes.fake_packages import FakePackages
from tests.fakes.fake_problem_repository import FakeProblemRepository
from tests.fakes.fake_replies import FakeReplies
from tests.fakes.fake_sandbox_pool import FakeSandboxPool
from tests.fakes.fake_toolchains import FakeToolchains
from tests.fakes.fake_transaction import FakeTransaction
from tests.fakes.in_memory_blob_storage import InMemoryBlobStorage
from tests.unit.problems.test_validation import RANGES

SLUG = Slug("sum")
CONTENTS = InlineContents()
DRAFT = ProblemDraft(
    title="Sum",
    slug=SLUG,
    tests=tuple(
        DraftTest(name=n, input=CONTENTS.add(n.encode()), answer=CONTENTS.add(b""), source=f"tests/{n}.in")
        for n in ("1", "2")
    ),
    source="problem.toml",
    contents=CONTENTS.by_digest,
)


class House:
    """Everything that the use cases stand on."""

    def __init__(self) -> None:
        self.blobs = InMemoryBlobStorage()
        self.clock = FakeClock()
        self.bell = FakeBell()
        self.problems = FakeProblemRepository()
        self.imports = FakeImportRepository()
        self.transaction = FakeTransaction()
        self.packages = FakePackages(DRAFT)
        self.builder = RevisionBuilder(blobs=self.blobs, clock=self.clock, ranges=RANGES)
        self.publisher = RevisionPublisher(problems=self.problems, clock=self.clock)
        self.audit = AuditLog(entries=FakeAuditRepository(), clock=self.clock)
        self.policy = ImportPolicy(max_package_size=100)
        bench = Workbench(
            toolchains=FakeToolchains(),
            checker=BuiltinChecker(),
            programs=SetterPrograms(toolchains=FakeToolchains(), blobs=self.blobs),
            blobs=self.blobs,
            policy=RunPolicy(),
        )
        self.prover = Prover(pool=FakeSandboxPool(), judge=SubmissionJudge(bench=bench), builder=self.builder)

    @property
    def put(self) -> PutProblem:
        return PutProblem(
            transaction=self.transaction, builder=self.builder, publisher=self.publisher, audit=self.audit
        )

    @property
    def request(self) -> RequestImport:
        return RequestImport(
            transaction=self.transaction, imports=self.imports, blobs=self.blobs, bell=self.bell, clock=self.clock,
            policy=self.policy, publisher=self.publisher, audit=self.audit,
            reply=ReplyKeeper(replies=FakeReplies()),
        )  # fmt: skip

    @property
    def do_import(self) -> ImportPackage:
        return ImportPackage(
            transaction=self.transaction, imports=self.imports, packages=self.packages, blobs=self.blobs,
            prover=self.prover, publisher=self.publisher, clock=self.clock, policy=self.policy,
        )  # fmt: skip


@pytest.fixture
def house() -> House:
    return House()


def a_key(*scopes: Scope) -> ApiKey:
    return ApiKey(
        id=ApiKeyId(new_id()), name="k", digest=b"", scopes=frozenset(scopes), max_priority=0,
        created_at=FakeClock().now(),
    )  # fmt: skip


AUTHOR, OTHER, ADMIN = a_key(Scope.AUTHOR), a_key(Scope.AUTHOR), a_key(Scope.ADMIN)


async def upload() -> AsyncIterator[bytes]:
    yield b"package"


@pytest.mark.parametrize(
    ("key", "draft", "if_match", "error"),
    [
        (a_key(Scope.SUBMIT), DRAFT, None, MissingScope),
        (OTHER, DRAFT, None, NotTheOwner),
        (AUTHOR, replace(DRAFT, title="\0"), None, Invalid),
        (AUTHOR, replace(DRAFT, title="new"), 2, RevisionMismatch),
    ],
    ids=["scope", "owner", "invalid", "if-match"],
)
async def test_what_is_refused_stores_nothing(
    house: House, key: ApiKey, draft: ProblemDraft, if_match: int | None, error: type[Exception]
) -> None:
    await house.put(AUTHOR, SLUG, DRAFT, None)
    before = dict(house.blobs.stored), len(house.problems.all_revisions), house.transaction.commits
    changed = replace(draft, tests=(replace(draft.tests[0], input=CONTENTS.add(b"changed")),))
    with pytest.raises(error):
        await house.put(key, SLUG, changed, if_match)
    assert (house.blobs.stored, len(house.problems.all_revisions), house.transaction.commits) == before


async def test_outcomes(house: House) -> None:
    changed = replace(DRAFT, limits=ProblemLimits(memory=2**21))
    results = [
        await house.put(AUTHOR, SLUG, DRAFT, None),
        await house.put(ADMIN, SLUG, DRAFT, 1),
        await house.put(ADMIN, SLUG, changed, 1),
        await house.put(AUTHOR, SLUG, DRAFT, 2),
    ]
    assert [(r.outcome, r.view.revision.number) for r in results] == [
        (PutOutcome.CREATED, 1), (PutOutcome.UNCHANGED, 1), (PutOutcome.REVISED, 2), (PutOutcome.REVISED, 3),
    ]  # fmt: skip
    assert {r.view.problem.owner for r in results} == {AUTHOR.id}
    assert all(len(r.view.revision.tests) == 2 for r in results)
    await house.problems.archive(results[0].view.problem.id)
    with pytest.raises(RevisionMismatch):
        await house.put(AUTHOR, SLUG, DRAFT, 3)


async def test_the_digest_sees_every_change(house: House) -> None:
    test = DRAFT.tests[0]
    drafts = [
        DRAFT,
        replace(DRAFT, title="x"),
        replace(DRAFT, limits=ProblemLimits(cpu_time=timedelta(seconds=1))),
        replace(DRAFT, limits=ProblemLimits(wall_time=timedelta(seconds=1))),
        replace(DRAFT, tests=DRAFT.tests[::-1]),
        *(
            replace(DRAFT, tests=(changed, DRAFT.tests[1]))
            for changed in (
                replace(test, name="x"),
                replace(test, sample=True),
                replace(test, group="g"),
                replace(test, points=1.0),
                replace(test, answer=CONTENTS.add(b"x")),
                replace(test, input=test.answer, answer=test.input),
            )
        ),
    ]
    revisions = [await house.builder.build(draft, problem_id=None, number=0) for draft in drafts]
    assert len({r.digest for r in revisions}) == len(drafts)
    again = await house.builder.build(replace(DRAFT, source="elsewhere", format="x"), problem_id=None, number=7)
    assert again.digest == revisions[0].digest


async def test_small_contents_go_together_and_large_ones_alone(house: House) -> None:
    large = b"x" * (SMALL + 1)
    contents = InlineContents()
    tests = tuple(
        DraftTest(name=str(n), input=contents.add(b"%d" % n), answer=contents.add(large if n == 2 else b""))
        for n in range(5)
    )
    draft = replace(DRAFT, tests=tests, contents=contents.by_digest)
    revision = await house.builder.build(draft, problem_id=None, number=0)
    assert (house.blobs.batches, house.blobs.streams) == ([6], 1)
    for n, stored in enumerate(revision.tests):
        assert house.blobs.stored[stored.input] == b"%d" % n
        assert house.blobs.stored[stored.answer] == (large if n == 2 else b"")


async def test_a_content_that_is_not_what_it_was_said_to_be(house: House) -> None:
    said = InlineContents()
    test = DraftTest(name="1", input=said.add(b"1"), answer=said.add(b"2"))
    contents = {digest: BytesContent(b"other") for digest in said.by_digest}
    with pytest.raises(ContentMismatch):
        await house.builder.build(replace(DRAFT, tests=(test,), contents=contents), problem_id=None, number=0)


async def test_an_import_from_end_to_end(house: House) -> None:
    requested = await house.request(AUTHOR, upload(), None)
    assert house.bell.imports == [requested.id]
    await house.do_import(requested.id)
    done = house.imports.stored[requested.id]
    assert (done.status, done.slug, done.revision) == (ImportStatus.ACCEPTED, SLUG, 1)
    commits = house.transaction.commits
    await house.do_import(requested.id)
    assert house.transaction.commits == commits + 1  # it was not to be claimed again


@pytest.mark.parametrize(
    ("answer", "complaints"),
    [
        (PackageRejected(Complaint("bad", "x", 3)), (Complaint("bad", "x", 3),)),
        (
            replace(DRAFT, tests=(DRAFT.tests[0], replace(DRAFT.tests[1], points=-1.0))),
            (Complaint("points: must be a number from 0 to 1e+09", "tests/2.in"),),
        ),
        (
            replace(DRAFT, limits=ProblemLimits(file_size=-1)),
            (Complaint("limits.file_size: must be from 1 bytes to 256 MiB, in bytes", "problem.toml"),),
        ),
        (
            replace(DRAFT, slug=None),
            (Complaint("the package names no slug: send one with the upload, or set it inside", "problem.toml"),),
        ),
    ],
    ids=["unreadable", "test", "limit", "slug"],
)
async def test_a_wrong_package(
    house: House, answer: ProblemDraft | Exception, complaints: tuple[Complaint, ...]
) -> None:
    house.packages.answer = answer
    requested = await house.request(AUTHOR, upload(), None)
    await house.do_import(requested.id)
    done = house.imports.stored[requested.id]
    assert (done.status, done.complaints) == (ImportStatus.REJECTED, complaints)
    assert done.finished_at is not None
    assert house.problems.problems == {}


class Forever(Prover):
    """Never comes to an end."""

    async def __call__(self, draft: ProblemDraft, *, progress: Report, thorough: bool = False) -> Proved:  # noqa: ARG002
        progress(Progress("judge", 1, 2))
        await asyncio.Event().wait()
        raise AssertionError


async def test_a_proof_without_end_is_ended(house: House) -> None:
    house.prover = Forever(pool=house.prover.pool, judge=house.prover.judge, builder=house.builder)
    house.policy = replace(house.policy, longest_proof=timedelta(milliseconds=50))
    requested = await house.request(AUTHOR, upload(), None)
    await house.do_import(requested.id)
    done = house.imports.stored[requested.id]
    assert done.status is ImportStatus.REJECTED
    assert "its proof was not done after" in done.complaints[0].message


async def test_a_stop_gives_the_import_back(house: House) -> None:
    house.prover = Forever(pool=house.prover.pool, judge=house.prover.judge, builder=house.builder)
    requested = await house.request(AUTHOR, upload(), None)
    task = asyncio.create_task(house.do_import(requested.id))
    while house.imports.stored[requested.id].progress is None:  # noqa: ASYNC110  # the fake tells nobody
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert house.imports.stored[requested.id].status is ImportStatus.PENDING


async def test_our_own_faults_are_tried_again_for_an_hour(house: House) -> None:
    house.packages.answer = RuntimeError("secret")
    requested = await house.request(AUTHOR, upload(), None)
    with pytest.raises(RuntimeError):
        await house.do_import(requested.id)
    assert house.imports.stored[requested.id].status is ImportStatus.PROVING
    house.clock.go_on(timedelta(hours=2))
    await house.do_import(requested.id)
    done = house.imports.stored[requested.id]
    assert done.status is ImportStatus.REJECTED
    assert "this service failed" in done.complaints[0].message
    assert "secret" not in done.complaints[0].message


async def test_a_lost_database_is_never_the_packages_end(house: House) -> None:
    house.packages.answer = StorageUnavailable()
    requested = await house.request(AUTHOR, upload(), None)
    house.clock.go_on(timedelta(days=2))
    with pytest.raises(StorageUnavailable):
        await house.do_import(requested.id)
    assert house.imports.stored[requested.id].status is ImportStatus.PROVING


def test_pointers_become_keys_of_the_package() -> None:
    error = Invalid(
        FieldError("/groups/0/dependsOn/12", "a"), FieldError("/tests/1/name", "b"), FieldError("/tests", "c"),
        FieldError("/tests/0", "d"), FieldError("/tests/99/name", "e"), FieldError("/checker/spaceSensitive", "f"),
    )  # fmt: skip
    assert [(c.message, c.file) for c in complaints_of(error, DRAFT)] == [
        ("groups[0].depends_on[12]: a", "problem.toml"),
        ("name: b", "tests/2.in"),
        ("tests: c", "problem.toml"),
        ("d", "tests/1.in"),
        ("tests[99].name: e", "problem.toml"),
        ("checker.space_sensitive: f", "problem.toml"),
    ]


async def test_an_unknown_import_is_nobodys(house: House) -> None:
    await house.do_import(uuid4())  # type: ignore[arg-type]  # any id will do
    assert house.problems.problems == {}
