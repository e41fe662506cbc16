from application.sandbox import Content
from domain.problems.entities import CheckerSpec
from domain.submissions.entities import CheckResult
from domain.verdicts import Verdict
from infrastructure.checkers.comparison import Comparison
from infrastructure.checkers.orderless import ORDERLESS, OrderlessComparison
from infrastructure.threads import in_thread

_SMALL = 64 * 1024


class BuiltinChecker:
    """``application.judging.checker.Checker`` for all types but PROGRAM."""

    async def check(self, spec: CheckerSpec, output: Content, answer: Content) -> CheckResult:
        """AC, WA or PA; the comment says where they differ. Raises what reading the contents raises."""
        if spec.type in ORDERLESS:
            orderless = OrderlessComparison(spec, output, answer)
            return await in_thread(orderless, on_cancel=orderless.stop.set)
        comparison = Comparison(spec, output, answer)
        if output.size <= _SMALL and answer.size <= _SMALL:
            # shorter than the way to a thread and back; equal bytes are right for every checker
            wrong = None if _read(output) == _read(answer) else comparison()
        else:
            wrong = await in_thread(comparison, on_cancel=comparison.stop.set)
        return CheckResult(Verdict.AC, 1.0) if wrong is None else CheckResult(Verdict.WA, 0.0, wrong)


def _read(content: Content) -> bytes:
    with content.open() as file:
        return file.read()
