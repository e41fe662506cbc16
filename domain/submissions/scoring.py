"""How test results become the end of a job, and which tests need not be run. Pure; linear in the number of tests.

``passFail``: the first failure decides; the score is 1 or 0. ``points``: groups score as group_tree says, nothing when
one that they depend on has not passed wholly; a test outside every listed group scores its own points (1 unless set);
samples score nothing unless they have points. The job's score is the sum of what stands at the top. Its verdict is that
of the one group that holds all others, if there is such a one, else that of the first test that failed.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from domain.problems.entities import Revision, TestCase, TestGroup
from domain.problems.enums import GroupScoring, Scoring
from domain.submissions.entities import GroupScore, JobResult, TestResult
from domain.submissions.group_tree import Grading, GroupNode, GroupTree, Outcome, counts
from domain.verdicts import Verdict

_Measure = TypeVar("_Measure", int, timedelta)


class ScoreSheet:
    """The results of one job as they come in, in the order of the revision's tests.

    ``stop``: the submission's stopOnFailure. Lists of ``results`` are kept in the order of adding.
    """

    def __init__(self, revision: Revision, *, stop: bool) -> None:
        self._revision = revision
        self._stop = stop
        self._pass_fail = revision.scoring is Scoring.PASS_FAIL
        self._tree = GroupTree(revision)
        self._first_failed: TestResult | None = None
        self.results: list[TestResult] = []

    def add(self, result: TestResult) -> None:
        """Note one more result."""
        self._tree.add(self._revision.tests[len(self.results)], result)
        self.results.append(result)
        if result.verdict not in (Verdict.AC, Verdict.SK) and self._first_failed is None:
            self._first_failed = result

    def reason_to_skip(self, test: TestCase) -> str | None:
        """Why ``test`` need not be run after the results so far; None: it must be."""
        if self._pass_fail:
            failed = self._first_failed
            return f"not run: test {failed.name} failed before" if self._stop and failed else None
        node = self._tree.of(test)
        if node is None:
            return None
        return self._missed_dependency(node) or self._stopped(node)

    def _missed_dependency(self, node: GroupNode) -> str | None:
        group = node.group
        for name in self._tree.dependencies(group):
            if bad := self._tree.nodes[name].failed:
                return f"not run: group {group.name} depends on group {name}, where test {bad.name} failed"
        return None

    def _stopped(self, node: GroupNode) -> str | None:
        for above in node.with_parents():
            group = above.group
            if group.stop and above.failed:
                return f"not run: test {above.failed.name} of group {group.name} failed before"
            if group.stop is None and self._stop and group.scoring is GroupScoring.MIN and above.zero:
                return f"not run: group {group.name} can score no more since test {above.zero.name} failed"
        return None

    def points(self, test: TestCase, share: float, absolute: float | None = None) -> float | None:
        """What a test scores by itself; None: nothing (pass/fail, a sample, or a test of a MIN group). ``absolute``:
        what the checker gave, whatever the test was worth.
        """
        if absolute is not None and not self._pass_fail and counts(test):
            return absolute
        most = self._tree.max_points(test)
        return None if most is None else most * share

    def max_points(self, test: TestCase) -> float | None:
        """The most that a test scores by itself; None: nothing."""
        return self._tree.max_points(test)

    def to_grade(self) -> Grading | None:
        """What a grader of the setter's own has to add up next, once every test has its result; None: nothing more."""
        concluded = self._tree.conclude()
        return concluded if isinstance(concluded, Grading) else None

    def grade(self, group: TestGroup, verdict: Verdict, score: float) -> None:
        """What that grader has said."""
        self._tree.grade(group, verdict, score)

    def conclude(self) -> JobResult:
        """The end of the job, once every test has its result and every grader has spoken."""
        while (grading := self.to_grade()) is not None:  # of a job that ends without them
            self.grade(grading.group, _first_bad(grading), 0.0)
        outcomes = self._tree.conclude()
        assert not isinstance(outcomes, Grading)
        verdict, decisive = self._verdict(outcomes)
        if self._pass_fail:
            score, most = (1.0 if verdict is Verdict.AC else 0.0), 1.0
        else:
            tests = self._revision.tests
            loose = [i for i, test in enumerate(tests) if self._tree.of(test) is None]
            top = [node.group for node in self._tree.nodes.values() if node.parent is None and node.group.counted]
            score = sum(outcomes[g.name].score for g in top) + sum(self.results[i].points or 0.0 for i in loose)
            most = sum(g.points for g in top) + sum(self._tree.max_points(tests[i]) or 0.0 for i in loose)
        return JobResult(
            verdict=verdict,
            score=score,
            max_score=most,
            message=f"test {decisive.name}: {decisive.message or decisive.verdict}" if decisive else "",
            cpu_time=_highest(r.cpu_time for r in self.results),
            wall_time=_highest(r.wall_time for r in self.results),
            memory=_highest(r.memory for r in self.results),
            groups=self._group_scores(outcomes),
        )

    def conclude_uncompiled(self, message: str) -> JobResult:
        """The end of a job whose sources do not compile; every test is SK."""
        return replace(self.conclude(), verdict=Verdict.CE, score=0.0, message=message)

    def conclude_unjudged(self, message: str) -> JobResult:
        """The end of a job that a broken program of the problem kept from being judged; every test is SK."""
        return replace(self.conclude(), verdict=Verdict.JE, score=0.0, message=message)

    def _verdict(self, outcomes: dict[str, Outcome]) -> tuple[Verdict, TestResult | None]:
        first = self._first_failed
        roots = [node for node in self._tree.nodes.values() if node.parent is None]
        if self._pass_fail or len(roots) != 1 or not roots[0].has_children or first is None:
            return (first.verdict if first else Verdict.AC), first
        root = outcomes[roots[0].group.name]
        return (Verdict.AC, None) if root.verdict is Verdict.SK else (root.verdict, root.decisive)

    def _group_scores(self, outcomes: dict[str, Outcome]) -> tuple[GroupScore, ...]:
        """Of the listed groups, then of those only named by tests, which score nothing by themselves."""
        scores = {
            name: GroupScore(name, 0.0, 0.0)
            if self._pass_fail
            else GroupScore(name, outcome.score, self._tree.nodes[name].group.points)
            for name, outcome in outcomes.items()
        }
        for result in self.results:
            if result.group is not None:
                scores.setdefault(result.group, GroupScore(result.group, 0.0, 0.0))
        return tuple(scores.values())


def _first_bad(grading: Grading) -> Verdict:
    return next((o.verdict for o in grading.outcomes if o.verdict is not Verdict.AC), Verdict.AC)


def _highest(values: Iterable[_Measure | None]) -> _Measure | None:
    return max((v for v in values if v is not None), default=None)
