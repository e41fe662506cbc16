"""DMOJ's ``peg`` checkers and interactors. Source: DMOJ's judge, ``dmoj/contrib/peg.py``."""

from itertools import pairwise

from application.judging.checker_call import ANSWER, INPUT, OUTPUT, CheckRequest, Said
from application.judging.checker_calls.file_call import FileCall
from application.judging.checker_calls.reply import broken, exit_code_of, graded, number_of, text_of
from domain.submissions.entities import CheckResult
from domain.verdicts import Verdict


class PegCall(FileCall):
    """``checker answer output input``: 0 right, 1 wrong; with either, the first two lines running that are numbers,
    and whose ratio is above 0, are a share.
    """

    def arguments(self, request: CheckRequest) -> tuple[str, ...]:
        """The answer first."""
        return (ANSWER, OUTPUT, INPUT, *request.arguments)

    def _judge(self, said: Said, _request: CheckRequest, path: str, printed: bytes) -> CheckResult:
        code = exit_code_of(said, path)
        comment = text_of(printed)
        if code not in (0, 1):
            raise broken(path, f"exited with code {code}, where only 0 and 1 mean something", said)
        share = _share(printed)
        if share is None:
            return CheckResult(Verdict.WA if code else Verdict.AC, 0.0 if code else 1.0, comment)
        if share > 1.0:
            raise broken(path, f"gave a share above 1: {share:g}", said)
        return graded(share, comment)


def _share(printed: bytes) -> float | None:
    numbers = (number_of(line) for line in printed.decode(errors="replace").split("\n"))
    for part, whole in pairwise(numbers):
        if part is not None and whole and part / whole > 0.0:
            return part / whole
    return None
