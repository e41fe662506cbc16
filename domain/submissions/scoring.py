"""How test results become the end of a job, and which tests need not be run. Pure; linear in the number of tests.

``passFail``: the first failure decides; the score is 1 or 0. ``points``: a group scores ``min`` (its points times its
lowest test's share) or ``sum`` (its tests' points), nothing when a group that it depends on has not passed wholly; a
test outside every listed group scores its own points (1 unless set); samples score nothing.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from domain.problems.entities import Revision, TestCase, TestGroup
from domain.problems.enums import GroupScoring, Scoring
from domain.submissions.entities import GroupScore, JobResult, TestResult
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
        self._groups = {g.name: g for g in revision.groups}
        self._counted = Counter(t.group for t in revision.tests if not t.sample)
        self._first_failed: TestResult | None = None
        self._failed_in: dict[str | None, TestResult] = {}
        self._zero_in: dict[str | None, TestResult] = {}
        self.results: list[TestResult] = []

    def add(self, result: TestResult) -> None:
        """Note one more result."""
        self.results.append(result)
        if result.verdict is Verdict.AC:
            return
        self._failed_in.setdefault(result.group, result)
        if result.verdict is not Verdict.SK and self._first_failed is None:
            self._first_failed = result
        if result.share <= 0.0:
            self._zero_in.setdefault(result.group, result)

    def reason_to_skip(self, test: TestCase) -> str | None:
        """Why ``test`` need not be run after the results so far; None: it must be."""
        if self._pass_fail:
            failed = self._first_failed
            return f"not run: test {failed.name} failed before" if self._stop and failed else None
        group = self._groups.get(test.group or "")
        if group is None:
            return None
        for name in self._all_dependencies(group):
            if bad := self._failed_in.get(name):
                return f"not run: group {group.name} depends on group {name}, where test {bad.name} failed"
        bad = self._zero_in.get(group.name)
        if self._stop and group.scoring is GroupScoring.MIN and bad:
            return f"not run: group {group.name} can score no more since test {bad.name} failed"
        return None

    def points(self, test: TestCase, share: float) -> float | None:
        """What a test scores by itself; None: nothing (pass/fail, a sample, or a test of a MIN group)."""
        most = self._max_points(test)
        return None if most is None else most * share

    def conclude(self) -> JobResult:
        """The end of the job, once every test has its result."""
        first = self._first_failed
        verdict = first.verdict if first else Verdict.AC
        groups = self._group_scores()
        if self._pass_fail:
            score, most = (1.0 if verdict is Verdict.AC else 0.0), 1.0
        else:
            loose = [t for t in self._revision.tests if t.group not in self._groups]
            score = sum(g.score for g in groups) + sum(
                r.points or 0.0 for r in self.results if r.group not in self._groups
            )
            most = sum(g.max_score for g in groups) + sum(self._max_points(t) or 0.0 for t in loose)
        return JobResult(
            verdict=verdict,
            score=score,
            max_score=most,
            message=f"test {first.name}: {first.message or first.verdict}" if first else "",
            cpu_time=_highest(r.cpu_time for r in self.results),
            wall_time=_highest(r.wall_time for r in self.results),
            memory=_highest(r.memory for r in self.results),
            groups=groups,
        )

    def conclude_uncompiled(self, message: str) -> JobResult:
        """The end of a job whose sources do not compile; every test is SK."""
        return replace(self.conclude(), verdict=Verdict.CE, score=0.0, message=message)

    def _max_points(self, test: TestCase) -> float | None:
        if self._pass_fail or test.sample:
            return None
        group = self._groups.get(test.group or "")
        if group is None:
            return 1.0 if test.points is None else test.points
        if group.scoring is GroupScoring.MIN:
            return None
        return group.points / self._counted[group.name] if test.points is None else test.points

    def _all_dependencies(self, group: TestGroup) -> dict[str, None]:
        found: dict[str, None] = {}
        waiting = list(group.depends_on)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found[name] = None
                waiting.extend(self._groups[name].depends_on)
        return found

    def _group_scores(self) -> tuple[GroupScore, ...]:
        """Of the listed groups, then of those only named by tests, which score nothing by themselves."""
        own: dict[str, list[TestResult]] = {name: [] for name in self._groups}
        for result in self.results:
            if result.group is not None:
                own.setdefault(result.group, []).append(result)
        return tuple(self._group_score(name, results) for name, results in own.items())

    def _group_score(self, name: str, results: list[TestResult]) -> GroupScore:
        group = self._groups.get(name)
        if group is None or self._pass_fail:
            return GroupScore(name, 0.0, 0.0)
        counted = [r for r in results if not r.sample]
        score = 0.0
        if counted and not any(d in self._failed_in for d in self._all_dependencies(group)):
            if group.scoring is GroupScoring.MIN:
                score = group.points * min(r.share for r in counted)
            else:
                score = sum(r.points or 0.0 for r in counted)
        return GroupScore(name, min(score, group.points), group.points)


def _highest(values: Iterable[_Measure | None]) -> _Measure | None:
    return max((v for v in values if v is not None), default=None)
