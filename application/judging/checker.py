"""Gateway to what compares outputs with answers."""

from typing import Protocol

from application.sandbox import Content
from domain.problems.entities import CheckerSpec
from domain.submissions.entities import CheckResult


class Checker(Protocol):
    """Compares in constant memory, in the time of reading, and never blocks the event loop for long."""

    async def check(self, spec: CheckerSpec, output: Content, answer: Content) -> CheckResult:
        """Whether ``output`` is right. The output is hostile; the answer is trusted."""
