"""DMOJ's ``default`` checkers and interactors in any language.

Sources: DMOJ's judge, ``dmoj/checkers/bridged.py`` (stdout is the feedback), ``dmoj/graders/bridged.py`` (an
interactor's is stderr), ``dmoj/contrib/default.py`` (exit codes).
"""

from application.judging.checker_call import CheckRequest, Said
from application.judging.checker_calls.file_call import FileCall
from application.judging.checker_calls.reply import broken, exit_code_of, text_of
from domain.submissions.entities import CheckResult
from domain.verdicts import Verdict


class DmojCall(FileCall):
    """``checker input output answer``: 0 is right, 1 wrong, all else its own fault."""

    def _judge(self, said: Said, _request: CheckRequest, path: str, printed: bytes) -> CheckResult:
        code = exit_code_of(said, path)
        comment = text_of(printed)
        if code == 0:
            return CheckResult(Verdict.AC, 1.0, comment)
        if code == 1:
            return CheckResult(Verdict.WA, 0.0, comment)
        raise broken(path, f"exited with code {code}, where only 0 and 1 mean something", said)
