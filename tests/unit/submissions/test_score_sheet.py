from datetime import UTC, datetime
from uuid import uuid4

import pytest

from domain.problems.entities import CheckerSpec, ProblemLimits, Revision, RevisionId, TestCase, TestGroup
from domain.problems.enums import GroupScoring, GroupVerdict, Scoring
from domain.problems.files import BlobRef, PackageProgram
from domain.submissions.entities import JobResult, TestResult
from domain.submissions.scoring import ScoreSheet
from domain.verdicts import Verdict

BLOB = BlobRef(bytes(32), 0)


def case(name: str, group: str | None = None, points: float | None = None, *, sample: bool = False) -> TestCase:
    return TestCase(name=name, input=BLOB, answer=BLOB, group=group, points=points, sample=sample)


def revision(scoring: Scoring, groups: list[TestGroup], tests: list[TestCase]) -> Revision:
    return Revision(
        id=RevisionId(uuid4()),
        problem_id=None,
        number=0,
        title="",
        limits=ProblemLimits(),
        checker=CheckerSpec(),
        scoring=scoring,
        groups=tuple(groups),
        tests=tuple(tests),
        digest=b"",
        created_at=datetime.now(UTC),
    )


def judge(rev: Revision, verdicts: dict[str, float], *, stop: bool = True) -> tuple[JobResult, str]:
    """``verdicts``: the share of each test that is run; the second answer is the row of verdicts."""
    sheet = ScoreSheet(rev, stop=stop)
    for index, test in enumerate(rev.tests):
        reason = sheet.reason_to_skip(test)
        share = 0.0 if reason else verdicts.get(test.name, 1.0)
        verdict = Verdict.SK if reason else {1.0: Verdict.AC, 0.0: Verdict.WA}.get(share, Verdict.PA)
        sheet.add(
            TestResult(
                index=index,
                name=test.name,
                group=test.group,
                sample=test.sample,
                verdict=verdict,
                message=reason or "",
                share=share,
                points=sheet.points(test, share),
            )
        )
    return sheet.conclude(), " ".join(r.verdict for r in sheet.results)


def test_pass_fail_stops_at_the_first_failure() -> None:
    rev = revision(Scoring.PASS_FAIL, [], [case("1"), case("2"), case("3")])
    result, row = judge(rev, {"2": 0.0})
    assert (result.verdict, result.score, result.max_score, row) == (Verdict.WA, 0.0, 1.0, "AC WA SK")
    result, row = judge(rev, {"2": 0.0}, stop=False)
    assert (result.verdict, row) == (Verdict.WA, "AC WA AC")
    result, _ = judge(rev, {})
    assert (result.verdict, result.score, result.message) == (Verdict.AC, 1.0, "")


def test_the_first_failing_test_gives_the_verdict() -> None:
    rev = revision(Scoring.PASS_FAIL, [], [case("1"), case("2")])
    result, _ = judge(rev, {"1": 0.5, "2": 0.0}, stop=False)
    assert (result.verdict, result.message) == (Verdict.PA, "test 1: PA")


def test_min_group_is_its_lowest_share() -> None:
    groups = [TestGroup(name="a", points=40.0), TestGroup(name="b", points=60.0)]
    rev = revision(Scoring.POINTS, groups, [case("1", "a"), case("2", "a"), case("3", "b"), case("4", "b")])
    result, row = judge(rev, {"2": 0.5, "3": 0.0})
    assert (result.score, result.max_score, row) == (20.0, 100.0, "AC PA WA SK")
    assert [(g.name, g.score, g.max_score) for g in result.groups] == [("a", 20.0, 40.0), ("b", 0.0, 60.0)]


def test_sum_group_divides_its_points() -> None:
    groups = [TestGroup(name="a", points=30.0, scoring=GroupScoring.SUM)]
    rev = revision(Scoring.POINTS, groups, [case("1", "a"), case("2", "a"), case("3", "a")])
    result, row = judge(rev, {"2": 0.0})
    assert result.score == pytest.approx(20.0)
    assert row == "AC WA AC"


def test_dependencies_reach_through_groups() -> None:
    groups = [
        TestGroup(name="a", points=10.0),
        TestGroup(name="b", points=20.0, depends_on=("a",)),
        TestGroup(name="c", points=30.0, depends_on=("b",)),
        TestGroup(name="d", points=40.0),
    ]
    rev = revision(Scoring.POINTS, groups, [case("1", "a"), case("2", "b"), case("3", "c"), case("4", "d")])
    result, row = judge(rev, {"1": 0.0})
    assert (result.score, row) == (40.0, "WA SK SK AC")


def test_samples_score_nothing_but_can_fail() -> None:
    groups = [TestGroup(name="sample", points=0.0), TestGroup(name="a", points=10.0, depends_on=("sample",))]
    rev = revision(Scoring.POINTS, groups, [case("s", "sample", sample=True), case("1", "a")])
    assert judge(rev, {})[0].score == 10.0
    result, row = judge(rev, {"s": 0.0})
    assert (result.score, row) == (0.0, "WA SK")


def test_tests_outside_groups_score_by_themselves() -> None:
    rev = revision(Scoring.POINTS, [], [case("1", points=3.0), case("2"), case("3", points=5.0)])
    result, row = judge(rev, {"3": 0.0})
    assert (result.score, result.max_score, row) == (4.0, 9.0, "AC AC WA")


def tree(**root: object) -> list[TestGroup]:
    """As a Kattis package has it: everything in one, the samples not counted."""
    settings = {"points": 100.0, "scoring": GroupScoring.SUM, "stop": False} | root
    return [
        TestGroup(name="data", **settings),  # type: ignore[arg-type]
        TestGroup(name="sample", points=0.0, parent="data", counted=False, stop=False),
        TestGroup(name="secret", points=100.0, parent="data", scoring=GroupScoring.SUM, stop=False),
        TestGroup(name="secret/a", points=40.0, parent="secret", stop=True),
        TestGroup(name="secret/b", points=60.0, parent="secret", stop=True),
    ]


CASES = [
    case("s", "sample", 0.0, sample=True), case("1", "secret/a", 40.0), case("2", "secret/a", 40.0),
    case("3", "secret/b", 60.0), case("4", "secret/b", 60.0),
]  # fmt: skip


def test_groups_in_groups_add_up() -> None:
    rev = revision(Scoring.POINTS, tree(), CASES)
    result, row = judge(rev, {"1": 0.0})
    assert (result.score, result.max_score, row) == (60.0, 100.0, "AC WA SK AC AC")
    assert {g.name: g.score for g in result.groups} == {
        "data": 60.0, "sample": 0.0, "secret": 60.0, "secret/a": 0.0, "secret/b": 60.0,
    }  # fmt: skip
    assert (result.verdict, result.message) == (Verdict.WA, "test 1: WA")


def test_a_group_that_is_not_counted_changes_nothing() -> None:
    result, _ = judge(revision(Scoring.POINTS, tree(), CASES), {"s": 0.0})
    assert (result.score, result.verdict) == (100.0, Verdict.AC)


def test_accepted_if_anything_is() -> None:
    groups = tree()
    groups[2] = TestGroup(
        name="secret", points=100.0, parent="data", scoring=GroupScoring.SUM, stop=False, accept_if_any=True
    )
    result, _ = judge(revision(Scoring.POINTS, groups, CASES), {"1": 0.0})
    assert (result.score, result.verdict) == (60.0, Verdict.AC)
    result, _ = judge(revision(Scoring.POINTS, groups, CASES), {"1": 0.0, "4": 0.0})
    assert (result.score, result.verdict) == (0.0, Verdict.WA)


def test_whatever_happens_is_accepted() -> None:
    groups = tree(verdict=GroupVerdict.ALWAYS_ACCEPT)
    assert judge(revision(Scoring.POINTS, groups, CASES), {"1": 0.0, "3": 0.0})[0].verdict is Verdict.AC


@pytest.mark.parametrize(
    ("scoring", "score"),
    [(GroupScoring.MIN, 0.0), (GroupScoring.MAX, 60.0), (GroupScoring.AVERAGE, 30.0), (GroupScoring.SUM, 60.0)],
)
def test_ways_of_adding_up(scoring: GroupScoring, score: float) -> None:
    groups = tree()
    groups[2] = TestGroup(name="secret", points=100.0, parent="data", scoring=scoring, stop=False)
    assert judge(revision(Scoring.POINTS, groups, CASES), {"1": 0.0})[0].score == score


def test_graders_of_the_setter_add_up_the_inner_groups_first() -> None:
    grader = PackageProgram(path="graders/g.py", files=())
    groups = [
        TestGroup(name="all", points=100.0, scoring=GroupScoring.SUM, grader=grader),
        TestGroup(name="all/1", points=40.0, parent="all", scoring=GroupScoring.SUM, grader=grader),
        TestGroup(name="all/2", points=60.0, parent="all", scoring=GroupScoring.SUM),
    ]
    rev = revision(
        Scoring.POINTS, groups, [case("a", "all/1", 20.0), case("b", "all/1", 20.0), case("c", "all/2", 60.0)]
    )
    sheet = ScoreSheet(rev, stop=False)
    for index, verdict in enumerate((Verdict.AC, Verdict.WA, Verdict.AC)):
        test, share = rev.tests[index], float(verdict is Verdict.AC)
        points = sheet.points(test, share)
        sheet.add(
            TestResult(
                index=index, name=test.name, group=test.group, sample=False, verdict=verdict, message="", share=share,
                points=points,
            )
        )  # fmt: skip
    inner = sheet.to_grade()
    assert inner is not None
    assert inner.group.name == "all/1"
    assert [(o.verdict, o.score) for o in inner.outcomes] == [(Verdict.AC, 20.0), (Verdict.WA, 0.0)]
    sheet.grade(inner.group, Verdict.AC, 33.0)
    outer = sheet.to_grade()
    assert outer is not None
    assert [(o.verdict, o.score) for o in outer.outcomes] == [(Verdict.AC, 33.0), (Verdict.AC, 60.0)]
    sheet.grade(outer.group, Verdict.WA, 7.0)
    assert sheet.to_grade() is None
    result = sheet.conclude()
    assert (result.score, [g.score for g in result.groups]) == (7.0, [7.0, 33.0, 60.0])


def test_a_group_that_was_skipped_is_neither_right_nor_wrong_and_no_grader_is_asked() -> None:
    grader = PackageProgram(path="graders/g.py", files=())
    groups = [
        TestGroup(name="all", points=100.0, scoring=GroupScoring.SUM, stop=True, accept_if_any=True),
        TestGroup(name="all/1", points=40.0, parent="all", scoring=GroupScoring.MIN),
        TestGroup(name="all/2", points=60.0, parent="all", scoring=GroupScoring.MIN, grader=grader),
    ]
    rev = revision(Scoring.POINTS, groups, [case("a", "all/1", 40.0), case("b", "all/2", 60.0)])
    result, row = judge(rev, {"a": 0.0})
    assert (result.verdict, result.score, row) == (Verdict.WA, 0.0, "WA SK")
    sheet = ScoreSheet(rev, stop=False)
    for index, verdict in enumerate((Verdict.WA, Verdict.SK)):
        test = rev.tests[index]
        sheet.add(TestResult(index=index, name=test.name, group=test.group, sample=False, verdict=verdict, message=""))
    assert sheet.to_grade() is None


def test_points_of_a_checker_count_whatever_a_test_was_worth() -> None:
    rev = revision(Scoring.POINTS, [TestGroup(name="a", points=1000.0)], [case("1", "a", 1.0), case("2", sample=True)])
    sheet = ScoreSheet(rev, stop=False)
    assert sheet.points(rev.tests[0], 1.0, 250.0) == 250.0
    assert sheet.points(rev.tests[1], 1.0, 250.0) is None
    assert ScoreSheet(revision(Scoring.PASS_FAIL, [], [case("1")]), stop=True).points(case("1"), 1.0, 2.0) is None
