"""Output validators of the Kattis/ICPC problem package format.

Sources: the format's section "Output Validators" (legacy, 2023-07 draft, 2025-09); problemtools, ``judge/validate.py``
(42 and 43 alone are verdicts; a score file beside 43 is the validator's fault).
"""

from collections.abc import Sequence

from application.judging.checker_call import ANSWER, FEEDBACK, INPUT, CheckRequest, Said
from application.judging.checker_calls.file_call import FileCall
from application.judging.checker_calls.reply import broken, exit_code_of, graded, number_of, text_of
from domain.submissions.entities import CheckResult
from domain.verdicts import Verdict

ACCEPTED, WRONG = 42, 43
_SCORE, _MULTIPLIER = "score.txt", "score_multiplier.txt"


class IcpcCall(FileCall):
    """``validator input answer feedback/ [arguments] < output``; as interactor the same, on two pipes.

    ``judgemessage.txt`` (stderr where there is none) is the comment, ``teammessage.txt`` the note. ``score.txt`` is
    absolute and leaves the verdict AC; ``score_multiplier.txt``, from 0 to 1, is a share of the test's points.
    """

    output_on_stdin = True
    feedback = True

    def arguments(self, request: CheckRequest) -> tuple[str, ...]:
        """The feedback directory is told with a slash at its end: validators append file names to it."""
        return (INPUT, ANSWER, FEEDBACK, *request.arguments)

    def interactor_arguments(self, request: CheckRequest, _pipes: Sequence[tuple[str, str]]) -> tuple[str, ...]:
        """The same."""
        return self.arguments(request)

    def _judge(self, said: Said, request: CheckRequest, path: str, _printed: bytes) -> CheckResult:
        code = exit_code_of(said, path)
        if code not in (ACCEPTED, WRONG):
            raise broken(path, f"exited with code {code}, where only {ACCEPTED} and {WRONG} mean something", said)
        comment = text_of(said.feedback.get("judgemessage.txt", b"")) or text_of(said.stderr)
        note = text_of(said.feedback.get("teammessage.txt", b""))
        for name in (_SCORE, _MULTIPLIER):
            if code == WRONG and name in said.feedback:
                raise broken(path, f"left a {name} beside exit code {WRONG}", said)
        if code == WRONG:
            return CheckResult(Verdict.WA, 0.0, comment, note)
        if _SCORE in said.feedback:
            points = _number(said, _SCORE, path)
            share = min(max(points / request.points, 0.0), 1.0) if request.points > 0 else 1.0
            return CheckResult(Verdict.AC, share, comment, note, points)
        if _MULTIPLIER in said.feedback:
            multiplier = _number(said, _MULTIPLIER, path)
            if not 0.0 <= multiplier <= 1.0:
                raise broken(path, f"left a {_MULTIPLIER} outside 0 to 1: {multiplier:g}", said)
            return graded(multiplier, comment, note)
        return CheckResult(Verdict.AC, 1.0, comment, note)


def _number(said: Said, name: str, path: str) -> float:
    text = text_of(said.feedback[name])
    number = number_of(text)
    if number is None:
        raise broken(path, f"left a {name} that is no number: {text[:40]!r}", said)
    return number
