"""DMOJ's ``coci`` checkers and interactors. Sources: DMOJ's judge, ``dmoj/contrib/coci.py`` and ``testlib.py``."""

import re

from application.judging.checker_call import CheckRequest, Said
from application.judging.checker_calls.file_call import FileCall
from application.judging.checker_calls.reply import broken, exit_code_of, graded, text_of
from domain.submissions.entities import CheckResult
from domain.verdicts import Verdict

_PARTIAL = re.compile(rb"^partial (\d{1,18})/(\d{1,18})\r?$", re.MULTILINE)


class CociCall(FileCall):
    """``checker input output answer``: 0 right, 1 wrong, 2 PE, 3 its own fault, 7 the share that a line
    ``partial X/Y`` of stderr tells.
    """

    def _judge(self, said: Said, _request: CheckRequest, path: str, printed: bytes) -> CheckResult:
        code = exit_code_of(said, path)
        comment = text_of(printed)
        match code:
            case 0:
                return CheckResult(Verdict.AC, 1.0, comment)
            case 1:
                return CheckResult(Verdict.WA, 0.0, comment)
            case 2:
                return CheckResult(Verdict.PE, 0.0, comment)
            case 3:
                raise broken(path, "says that it failed (exit code 3)", said)
            case 7:
                return graded(_share(said, path), comment)
        raise broken(path, f"exited with code {code}, where only 0, 1, 2, 3 and 7 mean something", said)


def _share(said: Said, path: str) -> float:
    found = _PARTIAL.search(said.stderr)
    if found is None:
        raise broken(path, "exited with code 7, but its stderr has no line 'partial X/Y'", said)
    part, whole = int(found[1]), int(found[2])
    if part > whole or whole == 0:
        raise broken(path, f"gave a share that is none: {part}/{whole}", said)
    return part / whole
