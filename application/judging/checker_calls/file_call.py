"""What protocols that pass files by their paths have in common."""

from collections.abc import Sequence

from application.judging.checker_call import ANSWER, INPUT, OUTPUT, CheckRequest, Said
from application.sandbox import BoxFile
from domain.problems.files import PackageProgram
from domain.runs.entities import SourceFile
from domain.submissions.entities import CheckResult

CHECKER, INTERACTOR = "checker", "interactor"


class FileCall:
    """``CheckerCall`` of most protocols; a subclass says what differs."""

    output_on_stdin = False
    feedback = False

    def prepared(self, _program: PackageProgram, sources: tuple[SourceFile, ...]) -> tuple[SourceFile, ...]:
        """As they are."""
        return sources

    def arguments(self, request: CheckRequest) -> tuple[str, ...]:
        """``input output answer``, then its own."""
        return (INPUT, OUTPUT, ANSWER, *request.arguments)

    def files(self, _request: CheckRequest) -> tuple[BoxFile, ...]:
        """None."""
        return ()

    def result(self, said: Said, request: CheckRequest) -> CheckResult:
        """By the exit code. Raises SetterProgramBroken."""
        return self._judge(said, request, CHECKER, said.stdout)

    def interactor_arguments(self, request: CheckRequest, _pipes: Sequence[tuple[str, str]]) -> tuple[str, ...]:
        """``input answer``, then its own; it talks on stdin and stdout."""
        return (INPUT, ANSWER, *request.arguments)

    def interactor_result(self, said: Said, request: CheckRequest) -> CheckResult:
        """As a checker's, but what it says of the end is on stderr. Raises SetterProgramBroken."""
        return self._judge(said, request, INTERACTOR, said.stderr)

    def _judge(self, said: Said, request: CheckRequest, path: str, printed: bytes) -> CheckResult:
        """``printed`` is where this protocol's programs explain themselves."""
        raise NotImplementedError
