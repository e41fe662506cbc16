"""DMOJ's checkers that are Python modules.

Sources: DMOJ's judge, ``dmoj/graders/standard.py`` (how ``check`` is called, and that a UnicodeDecodeError is a wrong
answer), ``dmoj/result.py`` (``CheckerResult``), ``dmoj/problem.py`` (the arguments of ``init.yml`` are keywords).
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from application.contents import BytesContent
from application.judging.checker_call import ANSWER, FEEDBACK, INPUT, OUTPUT, CheckRequest, Said
from application.judging.checker_calls.file_call import CHECKER, FileCall
from application.judging.checker_calls.reply import broken, exit_code_of, graded, text_of
from application.judging.exceptions import SetterProgramBroken
from application.sandbox import BoxFile
from domain.problems.files import PackageProgram
from domain.runs.entities import SourceFile
from domain.submissions.entities import CheckResult
from domain.verdicts import Verdict

STARTER = "proba_dmoj_starter.py"
_OURS = {f"proba_{name}": name for name in ("dmoj_api.py", "dmoj_graders.py", "dmoj_talk.py")}
_REQUEST, _SOURCE, _RESULT = "request.json", "submission_source", "result.json"
CONVERSES = "-"
"""In the place of the output's path."""
_HERE = Path(__file__).parent
_MOST_POINTS = 1e12


class DmojPythonCall(FileCall):
    """A starter of ours calls the module's ``check``; its result comes in a file, so that the checker may print."""

    feedback = True

    def prepared(self, program: PackageProgram, sources: tuple[SourceFile, ...]) -> tuple[SourceFile, ...]:
        """With the starter and the pieces of DMOJ that checkers import. Raises SetterProgramBroken."""
        names = [source.name for source in sources]
        if taken := {STARTER, *_OURS} & {*names}:
            raise SetterProgramBroken(program.path, f"has a file called {taken.pop()}: that name is taken")
        checker = program.main or next((name for name in names if name.endswith(".py")), None)
        if checker is None:
            raise SetterProgramBroken(program.path, "has no file that ends in .py")
        starter = (_HERE / "dmoj_starter.py").read_bytes().replace(b'CHECKER = "checker.py"', _constant(checker), 1)
        ours = (SourceFile(name, (_HERE / file).read_bytes()) for name, file in _OURS.items())
        return (SourceFile(STARTER, starter), *ours, *sources)

    def arguments(self, _request: CheckRequest) -> tuple[str, ...]:
        """Of the starter."""
        return (INPUT, OUTPUT, ANSWER, FEEDBACK, f"/box/{_REQUEST}", f"/box/{_SOURCE}")

    def files(self, request: CheckRequest) -> tuple[BoxFile, ...]:
        """What the starter tells the checker. Raises SetterProgramBroken for arguments that are no JSON objects."""
        execution = request.execution
        told = {
            "arguments": _keywords(request.arguments),
            "point_value": int(request.points) if request.points.is_integer() else request.points,
            "case_position": request.position,
            "language": request.language,
            "execution_time": execution.cpu_time.total_seconds() if execution else 0.0,
            "wall_time": execution.wall_time.total_seconds() if execution else 0.0,
            "max_memory": execution.memory // 1024 if execution else 0,
        }
        return (
            BoxFile(_REQUEST, BytesContent(json.dumps(told).encode())),
            BoxFile(_SOURCE, BytesContent(request.source)),
        )

    def interactor_arguments(self, _request: CheckRequest, _pipes: Sequence[tuple[str, str]]) -> tuple[str, ...]:
        """Of the starter, for a grader (``custom_judge``): there is no output to read."""
        return (INPUT, CONVERSES, ANSWER, FEEDBACK, f"/box/{_REQUEST}", f"/box/{_SOURCE}")

    def _judge(self, said: Said, request: CheckRequest, path: str, _printed: bytes) -> CheckResult:
        code = exit_code_of(said, path)
        if code != 0:
            raise broken(path, f"exited with code {code} before it had judged", said)
        told = _result(said, path)
        error, passed, points = told.get("error"), told.get("passed"), told.get("points")
        if isinstance(error, str):
            raise SetterProgramBroken(path, f"raised {text_of(error.encode(errors='replace'), 1024)}")
        if not isinstance(passed, bool) or not (points is None or isinstance(points, float)):
            raise broken(path, f"left a {_RESULT} that is not the starter's", said)
        note = _text(told.get("feedback"))
        comment = "\n".join(filter(None, (note, _text(told.get("extended")))))
        if points is None or request.points <= 0:
            return CheckResult(Verdict.AC if passed else Verdict.WA, float(passed), comment, note)
        if abs(points) > _MOST_POINTS:
            raise broken(path, f"gave {points:g} points", said)
        result = graded(points / request.points, comment, note, points if points > request.points else None)
        if result.verdict is Verdict.AC and not passed:
            return CheckResult(Verdict.PA, 1.0, comment, note, result.points)
        return result


def _constant(checker: str) -> bytes:
    return b"CHECKER = " + ascii(checker).encode()


def _keywords(arguments: Sequence[str]) -> dict[str, object]:
    keywords: dict[str, object] = {}
    for argument in arguments:
        try:
            table = json.loads(argument)
        except ValueError:
            table = None
        if not isinstance(table, dict):
            raise SetterProgramBroken(CHECKER, f"has an argument that is no JSON object: {argument[:80]!r}")
        keywords |= table
    return keywords


def _result(said: Said, path: str) -> Mapping[str, object]:
    found = said.feedback.get(_RESULT)
    if found is None:
        raise broken(path, "ended without a result", said)
    try:
        told = json.loads(found, parse_constant=_no_number)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise broken(path, f"left a {_RESULT} that is not the starter's", said)
    return told


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of points")


def _text(told: object) -> str:
    return text_of(told.encode(errors="replace")) if isinstance(told, str) else ""
