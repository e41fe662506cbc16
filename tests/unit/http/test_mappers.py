from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

from application.submissions.usecases import NewSubmission
from domain.access.entities import ApiKeyId
from domain.languages.entities import LanguageId
from domain.problems.entities import CheckerSpec, RevisionId, TestGroup
from domain.problems.enums import CheckerType, GroupScoring, Scoring
from domain.submissions.entities import JobId, Submission, SubmissionId, SubmissionView, TestJob, TestResult
from domain.submissions.enums import JobStatus
from domain.verdicts import Verdict
from infrastructure.http.api.v1.submissions.mappers import new_submission, submission_model
from infrastructure.http.api.v1.submissions.models import NewSubmissionModel


def parsed(**body: object) -> NewSubmission:
    sources = [{"name": "a.c", "content": "é\0"}]
    return new_submission(NewSubmissionModel.model_validate({"language": "c17", "sources": sources} | body))


def view(result: TestResult) -> SubmissionView:
    created = datetime(2025, 1, 31, 12, 30, tzinfo=timezone(timedelta(hours=3)))
    submission = Submission(
        id=SubmissionId(uuid4()), key_id=ApiKeyId(uuid4()), problem_id=None, revision_id=RevisionId(uuid4()),
        language=LanguageId("c17"), sources=(), priority=0, stop_on_failure=True, metadata={}, created_at=created,
    )  # fmt: skip
    job = TestJob(
        id=JobId(uuid4()), submission_id=submission.id, number=1, status=JobStatus.TESTING, attempt=2,
        created_at=created, started_at=datetime(2025, 1, 31, 9, 30, 0, 5, tzinfo=UTC),
    )  # fmt: skip
    return SubmissionView(
        submission=submission, problem=None, problem_owner=None, revision=None, job=job, tests=(result,)
    )


def test_tests_of_its_own_become_a_draft() -> None:
    new = parsed(
        tests=[{"input": "", "output": "1"}, {"name": "x", "group": "g", "points": 2, "input": "é", "output": ""}],
        limits={"cpuTime": 0.25, "memory": 2**20},
        checker={"type": "float", "absolute": 1e-6, "caseSensitive": False},
        scoring="points",
        groups=[{"name": "g", "points": 2, "scoring": "sum"}],
    )
    assert new.problem is None
    assert new.draft is not None
    assert [(t.name, t.group, t.points, t.source) for t in new.draft.tests] == [
        ("1", None, None, "/tests/0"),
        ("x", "g", 2.0, "/tests/1"),
    ]
    assert new.draft.tests[1].input is not None
    assert new.draft.contents[new.draft.tests[1].input.digest].open().read() == "é".encode()
    assert new.draft.limits.cpu_time == timedelta(milliseconds=250)
    assert (new.draft.limits.memory, new.draft.limits.wall_time) == (2**20, None)
    assert new.draft.checker == CheckerSpec(type=CheckerType.FLOAT, absolute=1e-6, case_sensitive=False)
    assert new.draft.scoring is Scoring.POINTS
    assert new.draft.groups == (TestGroup(name="g", points=2.0, scoring=GroupScoring.SUM),)


def test_defaults_are_not_shared() -> None:
    first, second = parsed(problem="sum"), parsed(problem="sum")
    assert first.draft is None
    assert first.sources[0].content == "é\0".encode()
    assert first.metadata == second.metadata == {}
    assert first.metadata is not second.metadata
    assert (first.priority, first.stop_on_failure) == (0, True)


def test_bytes_of_a_program_become_text() -> None:
    result = TestResult(
        index=0, name="1", group=None, sample=True, verdict=Verdict.WA, message="", stdout=b"a\xff\0\xc3", stderr=b""
    )
    shown = submission_model(view(result)).model_dump(mode="json", by_alias=True)
    (test,) = shown["tests"]
    assert (test["stdout"], test["stderr"]) == ("a\ufffd\ufffd\ufffd", "")
    assert (test["cpuTime"], test["runs"], test["signal"]) == (None, [], None)


def test_moments_are_utc_with_microseconds() -> None:
    result = TestResult(index=0, name="1", group=None, sample=True, verdict=Verdict.SK, message="")
    shown = submission_model(view(result), tests=False).model_dump(mode="json", by_alias=True)
    assert shown["createdAt"] == "2025-01-31T09:30:00.000000Z"
    assert shown["startedAt"] == "2025-01-31T09:30:00.000005Z"
    assert (shown["finishedAt"], shown["tests"], shown["attempt"], shown["verdict"]) == (None, None, 2, None)
