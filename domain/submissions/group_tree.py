"""Groups of tests as a tree: who lies in whom, which tests count, and how scores and verdicts go up. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from domain.problems.entities import Revision, TestCase, TestGroup
from domain.problems.enums import GroupScoring, GroupVerdict, Scoring
from domain.submissions.entities import TestResult
from domain.verdicts import Verdict

WORST_FIRST = (
    Verdict.JE, Verdict.RTE, Verdict.MLE, Verdict.TLE, Verdict.OLE, Verdict.WA, Verdict.PE, Verdict.PA,
)  # fmt: skip
"""Source: the Kattis/ICPC problem package format, default grader; PE and PA are this service's own."""
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of a group or a test: ``decisive`` is the test that gave a verdict other than AC."""

    verdict: Verdict
    score: float
    decisive: TestResult | None = None


@dataclass(slots=True)
class GroupNode:
    """``failed``: the first test in it, at any depth, that failed; ``zero``: that scored nothing. ``exceeded``: a
    checker gave a test more points than it was worth: what the group is worth is then no bound either.
    """

    group: TestGroup
    parent: "GroupNode | None"
    counted_tests: int = 0
    has_children: bool = False
    outcomes: list[Outcome] = field(default_factory=list)
    failed: TestResult | None = None
    zero: TestResult | None = None
    exceeded: bool = False

    def with_parents(self) -> "Iterable[GroupNode]":
        """This one and those that it lies in, from the inside out."""
        node: GroupNode | None = self
        while node is not None:
            yield node
            node = node.parent

    def outcome(self, outcomes: Sequence[Outcome]) -> Outcome:
        """From those of its groups and tests."""
        score = self.group.scoring.of([outcome.score for outcome in outcomes])
        score = max(score, self.group.lowest)
        if not self.exceeded:
            score = min(score, self.group.points)
        bad = [o for o in outcomes if o.verdict not in (Verdict.AC, Verdict.SK)]
        accepted = any(o.verdict is Verdict.AC for o in outcomes)
        if not bad or self.group.verdict is GroupVerdict.ALWAYS_ACCEPT or (self.group.accept_if_any and accepted):
            return Outcome(Verdict.AC, score)
        worst = self.group.verdict is GroupVerdict.WORST
        chosen = min(bad, key=lambda o: WORST_FIRST.index(o.verdict)) if worst else bad[0]
        return Outcome(chosen.verdict, score, chosen.decisive)


@dataclass(frozen=True, slots=True)
class Grading:
    """What a grader of the setter's own has to add up: those of a group's groups and tests that have been run."""

    group: TestGroup
    outcomes: tuple[Outcome, ...]


class GroupTree:
    """The groups of a revision whose submissions get points; of ``passFail`` none counts."""

    def __init__(self, revision: Revision) -> None:
        self.nodes: dict[str, GroupNode] = {}
        for group in revision.groups:
            parent = self.nodes.get(group.parent or "")
            self.nodes[group.name] = GroupNode(group, parent)
            if parent is not None:
                parent.has_children = True
        counted = Counter(test.group for test in revision.tests if counts(test))
        for name, node in self.nodes.items():
            node.counted_tests = counted[name]
        self._pass_fail = revision.scoring is Scoring.PASS_FAIL
        self._graded: dict[str, tuple[Verdict, float]] = {}

    def of(self, test: TestCase) -> GroupNode | None:
        """The group that a test lies in, if it is a listed one."""
        return self.nodes.get(test.group or "")

    def max_points(self, test: TestCase) -> float | None:
        """The most that a test scores by itself; None: nothing (pass/fail, a sample, or a test without points in a
        group that takes the lowest).
        """
        if self._pass_fail or not counts(test):
            return None
        node = self.of(test)
        if node is None:
            return 1.0 if test.points is None else test.points
        if test.points is None and node.group.scoring is GroupScoring.SUM:
            return node.group.points / node.counted_tests
        if test.points is None and node.group.scoring is GroupScoring.AVERAGE:
            return node.group.points
        return test.points

    def add(self, test: TestCase, result: TestResult) -> None:
        """Note the next result, in the order of the tests."""
        node = self.of(test)
        if node is None:
            return
        if result.verdict is not Verdict.AC:
            for above in node.with_parents():
                above.failed = above.failed or result
                if result.share <= 0.0:
                    above.zero = above.zero or result
        if counts(test):
            if result.points is not None and result.points > (self.max_points(test) or 0.0) + _ROUNDING:
                for above in node.with_parents():
                    above.exceeded = True
            node.outcomes.append(self._outcome(node, result))

    def _outcome(self, node: GroupNode, result: TestResult) -> Outcome:
        score = node.group.points * result.share if result.points is None else result.points
        if result.verdict not in (Verdict.AC, Verdict.PA) and node.group.rejected_points:
            score = node.group.rejected_points
        return Outcome(result.verdict, score, result if result.verdict is not Verdict.AC else None)

    def grade(self, group: TestGroup, verdict: Verdict, score: float) -> None:
        """What the group's own grader has said."""
        self._graded[group.name] = verdict, score

    def conclude(self) -> "dict[str, Outcome] | Grading":
        """The outcome of every group, once all results are there; before that, what its own grader has to add up. What
        depends on a failed group scores nothing.
        """
        done: dict[str, Outcome] = {}
        below: defaultdict[str, list[Outcome]] = defaultdict(list)
        for name, node in reversed(self.nodes.items()):  # children stand after their parents
            outcomes = [*reversed(below[name]), *node.outcomes]
            run = tuple(outcome for outcome in outcomes if outcome.verdict is not Verdict.SK)
            if node.group.grader is not None and run and name not in self._graded:
                return Grading(node.group, run)
            outcome = node.outcome(outcomes) if outcomes else Outcome(Verdict.SK, 0.0)
            if not run:  # neither right nor wrong
                outcome = Outcome(Verdict.SK, outcome.score)
            if name in self._graded:
                verdict, score = self._graded[name]
                decisive = next((o.decisive for o in outcomes if o.verdict is verdict), outcome.decisive)
                outcome = Outcome(verdict, score, None if verdict is Verdict.AC else decisive)
            if any(self.nodes[d].failed for d in self.dependencies(node.group)):
                outcome = Outcome(outcome.verdict, 0.0, outcome.decisive)
            done[name] = outcome
            if node.parent is not None and node.group.counted and outcomes:
                below[node.parent.group.name].append(outcome)
        return {name: done[name] for name in self.nodes}

    def dependencies(self, group: TestGroup) -> Sequence[str]:
        """All that it depends on, at any remove."""
        found: dict[str, None] = {}
        waiting = list(group.depends_on)
        while waiting:
            name = waiting.pop()
            if name not in found and name in self.nodes:
                found[name] = None
                waiting.extend(self.nodes[name].group.depends_on)
        return list(found)


def counts(test: TestCase) -> bool:
    """Whether a test takes part in scoring: samples do only when they have points."""
    return not test.sample or test.points is not None
