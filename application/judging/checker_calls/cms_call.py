"""CMS's checkers ("comparators") and managers.

Sources: CMS, ``cms/grading/steps/trusted.py`` (the standard manager output; ``input correct_output output``),
``cms/grading/steps/evaluation.py`` (the stock messages), ``cms/grading/tasktypes/Communication.py`` (a manager reads
the input on stdin, and is told the FIFOs: from and to the first process, from and to the second, …).
"""

import re
from collections.abc import Sequence

from application.judging.checker_call import ANSWER, INPUT, OUTPUT, CheckRequest, Said
from application.judging.checker_calls.file_call import FileCall
from application.judging.checker_calls.reply import broken, exit_code_of, graded, number_of, text_of
from domain.submissions.entities import CheckResult

_STOCK = {
    "success": "Output is correct",
    "partial": "Output is partially correct",
    "wrong": "Output isn't correct",
}
_TRANSLATE = "translate:"
_ANSI = re.compile(r"\x1b[^m]*m?")


class CmsCall(FileCall):
    """``checker input answer output``: exit code 0, a share from 0 to 1 on stdout's first line, and on stderr's first
    line what the contestant may read.
    """

    def arguments(self, request: CheckRequest) -> tuple[str, ...]:
        """The answer before the output."""
        return (INPUT, ANSWER, OUTPUT, *request.arguments)

    def interactor_arguments(self, request: CheckRequest, pipes: Sequence[tuple[str, str]]) -> tuple[str, ...]:
        """A manager's: of each process the pipe from it and the pipe to it."""
        return (*(path for pair in pipes for path in pair), *request.arguments)

    def _judge(self, said: Said, _request: CheckRequest, path: str, _printed: bytes) -> CheckResult:
        code = exit_code_of(said, path)
        if code != 0:
            raise broken(path, f"exited with code {code}; it must be 0", said)
        line = text_of(said.stdout.lstrip(b" \t").partition(b"\n")[0])
        share = number_of(line)
        if share is None:  # beyond 0 and 1 CMS has no more than "wrong" and "right" either
            raise broken(
                path, f"must print a number from 0 to 1 on stdout's first line, but printed {line[:40]!r}", said
            )
        message = _message(said.stderr)
        return graded(share, message, message)


def _message(stderr: bytes) -> str:
    text = _ANSI.sub("", text_of(stderr.partition(b"\n")[0])).strip()
    if text.startswith(_TRANSLATE):
        return _STOCK.get(text.removeprefix(_TRANSLATE).strip(), text)
    return text
