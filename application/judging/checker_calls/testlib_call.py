"""Checkers and interactors made with testlib.h.

Sources: testlib.h 0.9.45 (``resultExitCode``, ``quit``, ``_pc``); for points DMOJ's judge, ``dmoj/contrib/testlib.py``,
and Polygon, where the value is what the test scores.
"""

import re
from collections.abc import Sequence

from application.judging.checker_call import ANSWER, INPUT, OUTPUT, CheckRequest, Said
from application.judging.checker_calls.file_call import FileCall
from application.judging.checker_calls.reply import broken, exit_code_of, graded, number_of, text_of
from domain.submissions.entities import CheckResult
from domain.verdicts import Verdict

_PARTIAL_FROM, _TESTSYS_FROM, _WHOLE = 16, 50, 100
_PARTIAL = re.compile(rb"\s*partially correct \((\d{1,3})\)")
_POINTS = re.compile(rb"^points[ \t]+(\S+)", re.MULTILINE)


class TestlibCall(FileCall):
    """``checker input output answer``, ``interactor input output answer`` on two pipes; exit codes alike.

    The comment is stderr, stdout where that is empty (copies before 0.9.13). Points (``quitp``) are absolute; a value
    in [0, 1] is so too, and is a share where the test is worth 1. ``_pc(n)`` is a share of n/100, whatever its exit
    code: n, 16 + n, or 50 + n where TESTSYS was defined. Its words on stderr tell; without them 16 to 116 is 16 + n.
    """

    __test__ = False

    def interactor_arguments(self, request: CheckRequest, _pipes: Sequence[tuple[str, str]]) -> tuple[str, ...]:
        """With the file that the interactor may write for the checker."""
        return (INPUT, OUTPUT, ANSWER, *request.arguments)

    def _judge(self, said: Said, request: CheckRequest, path: str, _printed: bytes) -> CheckResult:
        code = exit_code_of(said, path)
        comment = text_of(said.stderr) or text_of(said.stdout)
        share = _partial_share(code, said.stderr)
        if share is not None:
            return graded(share, comment)
        match code:
            case 0:  # _ok
                return CheckResult(Verdict.AC, 1.0, comment)
            case 1:  # _wa
                return CheckResult(Verdict.WA, 0.0, comment)
            case 2 | 4 | 8:  # _pe, _dirt, _unexpected_eof
                return CheckResult(Verdict.PE, 0.0, comment)
            case 3:  # _fail
                raise broken(path, "says that it failed (exit code 3)", said)
            case 5 | 7:  # _points: 7 in testlib.h, 5 where a copy exits with the bare TResult
                return _scored(said, request, path, comment)
        raise broken(path, f"exited with code {code}, which testlib does not know", said)


def _partial_share(code: int, stderr: bytes) -> float | None:
    """Of ``_pc``; None: the exit code means something else."""
    said = _PARTIAL.match(stderr)
    if said is not None:
        percent = int(said[1])
        if percent <= _WHOLE and code in (percent, percent + _PARTIAL_FROM, percent + _TESTSYS_FROM):
            return percent / _WHOLE
    if _PARTIAL_FROM <= code <= _PARTIAL_FROM + _WHOLE:
        return (code - _PARTIAL_FROM) / _WHOLE
    if _PARTIAL_FROM + _WHOLE < code <= _TESTSYS_FROM + _WHOLE:
        return (code - _TESTSYS_FROM) / _WHOLE
    return None


def _scored(said: Said, request: CheckRequest, path: str, comment: str) -> CheckResult:
    found = _POINTS.search(said.stderr) or _POINTS.search(said.stdout)
    points = None if found is None else number_of(found[1].decode(errors="replace"))
    if points is None or points < 0.0:
        raise broken(path, "exited as if with points, but its stderr has no line 'points NUMBER'", said)
    return graded(points / request.points if request.points > 0 else 1.0, comment, points=points)
