"""How a setter's checker or interactor is called, and what its end means: one object a protocol."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from application.sandbox import BoxFile
from domain.problems.files import PackageProgram
from domain.runs.entities import Execution, SourceFile
from domain.submissions.entities import CheckResult

INPUT, OUTPUT, ANSWER, FEEDBACK = "/box/input", "/box/output", "/box/answer", "/box/feedback/"
"""Where its program finds the test's input, what the submission wrote, the answer, and an empty directory of its own.
All are its own copies: it may write what it likes.
"""
HEAD = 64 * 1024
"""So many bytes of what it printed, and of each feedback file, are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """What is known of the test and of the submission's run. ``arguments``: the checker's own, then the test's.

    ``position`` counts tests from 1; ``points`` is the most that the test scores. ``execution`` is the submission's
    (None: it has not ended yet, or there is none).
    """

    arguments: tuple[str, ...] = ()
    position: int = 1
    points: float = 1.0
    language: str = ""
    source: bytes = b""
    execution: Execution | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the setter's program left behind: heads of its streams and of the files in its feedback directory, which
    are named without the directory ("judgemessage.txt").
    """

    execution: Execution
    stdout: bytes = b""
    stderr: bytes = b""
    feedback: Mapping[str, bytes] = field(default_factory=dict)


WRITTEN_OUT = "{arguments}"
"""As the first of a request's arguments: those that follow are the whole command line, the protocol adds none (DMOJ's
``args_format_string``). ``{input_file}``, ``{output_file}`` and ``{answer_file}`` in them stand for paths.
"""


def written_out(request: CheckRequest) -> tuple[str, ...] | None:
    """The whole command line; None: it is the protocol's."""
    if request.arguments[:1] != (WRITTEN_OUT,):
        return None
    paths = {"{input_file}": INPUT, "{output_file}": OUTPUT, "{answer_file}": ANSWER}
    words = list(request.arguments[1:])
    for name, path in paths.items():
        words = [word.replace(name, path) for word in words]
    return tuple(words)


class CheckerCall(Protocol):
    """One ``CheckerProtocol``, as checker and as interactor."""

    @property
    def output_on_stdin(self) -> bool:
        """Whether the checker reads the submission's output on stdin; else it stands at OUTPUT alone."""

    @property
    def feedback(self) -> bool:
        """Whether there is a feedback directory to be made and collected."""

    def prepared(self, program: PackageProgram, sources: tuple[SourceFile, ...]) -> tuple[SourceFile, ...]:
        """The sources to compile: the program's, and where the protocol needs it a starter of ours, which is then the
        first and the main one.
        """

    def arguments(self, request: CheckRequest) -> tuple[str, ...]:
        """Of the checker, after its own name."""

    def files(self, request: CheckRequest) -> tuple[BoxFile, ...]:
        """What else lies in its box."""

    def result(self, said: Said, request: CheckRequest) -> CheckResult:
        """What its end means. Raises ``SetterProgramBroken`` with path "checker" when it broke its contract."""

    def interactor_arguments(self, request: CheckRequest, pipes: Sequence[tuple[str, str]]) -> tuple[str, ...]:
        """Of the interactor. ``pipes``, for CMS managers: the paths (from the submission, to the submission) of each
        process.
        """

    def interactor_result(self, said: Said, request: CheckRequest) -> CheckResult:
        """What an interactor's end means. Raises as ``result`` does, with path "interactor"."""
