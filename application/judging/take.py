from dataclasses import dataclass

from application.judging.checker_call import CheckRequest
from application.sandbox import BoxFile, Content
from domain.problems.entities import TestCase
from domain.runs.entities import Execution
from domain.submissions.entities import CheckResult
from domain.submissions.verdicts import Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class PassInput:
    """What one pass of a test starts from. ``input`` is the test's, or what the pass before has asked for; ``carried``
    is what the checker or interactor has left in its feedback directory then. ``more``: this is not the last pass.
    """

    test: TestCase
    input: Content
    answer: Content
    request: CheckRequest
    carried: tuple[BoxFile, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One run of the submission, before its output is checked; a run near the limit is repeated.

    ``judgement`` None: it ended well, and the checker decides over ``output`` (what it wrote, or what
    an interactor has written for the checker or the next run). ``result``: what an interactor that
    judges has said. ``feedback``: what that one has left for the next pass.
    """

    execution: Execution
    output: Content
    judgement: Judgement | None = None
    result: CheckResult | None = None
    feedback: tuple[BoxFile, ...] = ()

    def close(self) -> None:
        """Give everything back."""
        self.output.close()
        for file in self.feedback:
            file.content.close()
