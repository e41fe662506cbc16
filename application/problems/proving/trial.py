"""One reference submission on its way through the tests."""

from dataclasses import dataclass, replace

from application.judging.compiled_submission import CompiledSubmission
from domain.languages.entities import LanguageId
from domain.problems.entities import Complaint, Revision, TestCase
from domain.problems.enums import Scoring
from domain.problems.material import Expectation, ReferenceSubmission
from domain.problems.proof import is_within
from domain.submissions.entities import TestResult
from domain.submissions.scoring import ScoreSheet
from domain.verdicts import Verdict

MOST_SLOW = 5
"""Of a pass/fail problem, after so many tests that were too slow the others are not run: what they would do is known
well enough, and each takes the time limit.
"""

KEPT_COMMENT = 1024
"""Bytes of what the checker says of a test that is not AC; all results of all submissions are held at once."""


@dataclass(slots=True)
class _Waiting:
    """What an expectation over single tests has not seen yet."""

    expectation: Expectation
    some: bool
    every: bool

    def covers(self, test: TestCase) -> bool:
        return is_within(self.expectation.group, (test.name, test.group, Verdict.SK))

    def note(self, verdict: Verdict) -> None:
        if self.expectation.some is not None and verdict in self.expectation.some:
            self.some = False
        if self.expectation.every is not None and verdict not in self.expectation.every:
            self.every = False  # one that differs has been seen: no need of more


class Trial:
    """Results may come in whatever order: they enter ``sheet`` in that of the tests. A test that judging would skip is
    skipped, unless an expectation waits for it.

    ``revision`` is that under whose (wider) limits it is run. ``at_work``: how many slots run it now. ``broken``: why
    the problem itself kept it from being judged. ``said``: what it has written to standard error as it crashed.
    """

    def __init__(self, reference: ReferenceSubmission, language: LanguageId, revision: Revision) -> None:
        self.reference = reference
        self.language = language
        self.revision = revision
        self.submission: CompiledSubmission | None = None
        self.broken: Complaint | None = None
        self.started = False
        self.at_work = 0
        self.failures = 0
        self.said = ""
        self.sheet = ScoreSheet(revision, stop=False)
        self._stopping = ScoreSheet(revision, stop=True)
        self._next = 0
        self._given_back: list[int] = []
        self._early: dict[int, TestResult] = {}
        self._slow = 0
        self._waiting = [
            _Waiting(e, some=e.some is not None, every=e.every is not None)
            for e in reference.expectations
            if e.some is not None or e.every is not None
        ]

    @property
    def is_open(self) -> bool:
        """Whether there may be tests for one more slot."""
        if self.submission is None or self.submission.compiled.program is None or self.broken is not None:
            return False
        return bool(self._given_back) or self._next < len(self.revision.tests)

    def next_test(self) -> int | None:
        """The place of a test to be run now; None: there is none left."""
        if self.broken is not None:
            return None
        if self._given_back:
            return self._given_back.pop()
        while self._next < len(self.revision.tests):
            index = self._next
            self._next += 1
            reason = self._reason(index)
            if reason is None:
                return index
            self.add(index, self._skipped(index, reason))
        return None

    def give_back(self, index: int) -> None:
        """A test could not be run by our fault."""
        self._given_back.append(index)

    def add(self, index: int, result: TestResult) -> None:
        """Note what a test has given."""
        if result.verdict is Verdict.RTE and result.stderr:
            self.said = result.stderr.decode(errors="replace")
        comment = None if result.verdict in (Verdict.AC, Verdict.SK) else (result.comment or b"")[:KEPT_COMMENT]
        self._early[index] = replace(result, stdout=None, stderr=None, comment=comment)
        while (at := len(self.sheet.results)) in self._early:
            found = self._early.pop(at)
            # run ahead of time, and not needed after what the tests before have given
            reason = None if found.verdict is Verdict.SK else self._reason(at)
            self._note(at, found if reason is None else self._skipped(at, reason))

    def skip_all(self, reason: str) -> None:
        """None is run."""
        for index in range(len(self.sheet.results), len(self.revision.tests)):
            self._note(index, self._skipped(index, reason))
        self._next = len(self.revision.tests)

    def _note(self, index: int, result: TestResult) -> None:
        self.sheet.add(result)
        self._stopping.add(result)
        self._slow += result.verdict is Verdict.TLE
        if result.verdict is not Verdict.SK:
            for waiting in self._waiting:
                if waiting.covers(self.revision.tests[index]):
                    waiting.note(result.verdict)

    def _reason(self, index: int) -> str | None:
        test = self.revision.tests[index]
        waiting = [w for w in self._waiting if (w.some or w.every) and w.covers(test)]
        if any(w.some for w in waiting):
            return None
        if (forced := self.sheet.reason_to_skip(test)) is not None:
            return forced
        if self._slow >= MOST_SLOW and self.revision.scoring is Scoring.PASS_FAIL:
            return f"not run: {MOST_SLOW} tests were too slow before"
        return None if waiting else self._stopping.reason_to_skip(test)

    def _skipped(self, index: int, reason: str) -> TestResult:
        test = self.revision.tests[index]
        return TestResult(
            index=index, name=test.name, group=test.group, sample=test.sample, verdict=Verdict.SK, message=reason,
            points=self.sheet.points(test, 0.0),
        )  # fmt: skip
