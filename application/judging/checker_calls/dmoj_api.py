"""What checkers written for DMOJ import from its judge, with the same behaviour; a few lines of our own.

It runs inside the sandbox beside ``dmoj_starter``, and imports nothing of this service. Behaviour: DMOJ's judge,
``dmoj/result.py``, ``dmoj/error.py``, ``dmoj/utils/unicode.py``, ``dmoj/checkers``, ``dmoj/graders/standard.py``.
"""

import importlib
import re
import sys
import types
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

_EXECUTORS = {
    "c11": "C11", "c17": "C", "cpp14": "CPP14", "cpp17": "CPP17", "cpp20": "CPP20", "cpp23": "CPP23",
    "python2": "PY2", "python3": "PY3",
    "pypy3": "PYPY3", "java": "JAVA", "javascript": "V8JS", "typescript": "TS", "csharp": "MONOCS", "ruby": "RUBY2",
    "haskell": "HASK", "pascal": "PAS",
}  # fmt: skip
"""DMOJ's names of languages, where they are not ours in capitals."""


class CheckerResult:
    """A verdict with points, and words for people."""

    def __init__(
        self, passed: object, points: object, feedback: object = None, extended_feedback: object = None
    ) -> None:
        if not isinstance(passed, bool) or not isinstance(points, (int, float)):
            raise TypeError("CheckerResult wants a bool and a number")
        if not isinstance(feedback, (str, type(None))) or not isinstance(extended_feedback, (str, type(None))):
            raise TypeError("CheckerResult wants its feedback as str")
        self.passed, self.points = passed, points
        self.feedback, self.extended_feedback = feedback, extended_feedback


class Result:
    """What DMOJ tells of the submission's run."""

    AC, WA, RTE, TLE, MLE, IR, SC, OLE, IE = 0, 1, 2, 4, 8, 16, 32, 64, 1 << 30

    def __init__(self, case: object = None, **fields: object) -> None:
        self.case = case
        self.result_flag, self.points, self.feedback, self.extended_feedback = 0, 0, "", ""
        self.proc_output, self.execution_time, self.wall_clock_time, self.max_memory = b"", 0.0, 0.0, 0
        self.__dict__.update(fields)


class InternalError(Exception):
    """The checker's own fault."""


class CompileError(Exception):
    """Of a submission."""


def utf8bytes(text: Any) -> Any:
    """As UTF-8, unless it is bytes or None."""
    return text.encode() if isinstance(text, str) else text


def utf8text(data: Any, errors: str = "strict") -> Any:
    """As str, unless it is str or None."""
    return data.decode("utf-8", errors) if isinstance(data, bytes) else data


def _lines(data: Any) -> list[bytes]:
    return [line for line in re.split(rb"[\r\n]", utf8bytes(data)) if line]


def _standard(judge: object, process: object) -> bool:
    if not isinstance(judge, bytes) or not isinstance(process, bytes):
        raise ValueError("expected strings")  # noqa: TRY004  # what DMOJ raises
    return [line for line in map(bytes.split, _lines(judge)) if line] == [
        line for line in map(bytes.split, _lines(process)) if line
    ]


def standard(process_output: Any, judge_output: Any, **_: object) -> bool:
    return _standard(utf8bytes(judge_output), utf8bytes(process_output))


def identical(process_output: Any, judge_output: Any, pe_allowed: bool = True, **_: object) -> bool | CheckerResult:
    if judge_output == process_output:
        return True
    near = pe_allowed and standard(process_output, judge_output)
    return CheckerResult(passed=False, points=0, feedback="Presentation Error, check your whitespace" if near else None)


def easy(process_output: Any, judge_output: Any, **_: object) -> bool:
    ours, theirs = (Counter(re.sub(rb"\s+", b"", utf8bytes(x)).lower()) for x in (process_output, judge_output))
    return ours == theirs


def sorted_(process_output: Any, judge_output: Any, split_on: str = "lines", **_: object) -> bool:
    if split_on not in {"lines", "whitespace"}:
        raise InternalError("invalid `split_on` mode")
    if split_on == "whitespace":
        return sorted(utf8bytes(process_output).split()) == sorted(utf8bytes(judge_output).split())
    return sorted(map(bytes.split, _lines(process_output))) == sorted(map(bytes.split, _lines(judge_output)))


def unordered(process_output: Any, judge_output: Any, **_: object) -> bool:
    return sorted_(process_output, judge_output, "whitespace")


def rstripped(process_output: Any, judge_output: Any, **kwargs: object) -> bool:
    kept = (lambda line: line) if kwargs.get("filter_new_line") else (lambda _: True)
    ours, theirs = (
        [line.rstrip() for line in re.split(rb"[\r\n]", utf8bytes(x)) if kept(line)]
        for x in (process_output, judge_output)
    )
    return ours == theirs


def linecount(process_output: Any, judge_output: Any, point_value: float, **_: object) -> bool | CheckerResult:
    ours, theirs = _lines(process_output), _lines(judge_output)
    if len(ours) > len(theirs) or not theirs:
        return not theirs and not ours
    count = sum(a.strip() == b.strip() for a, b in zip(ours, theirs, strict=False))
    return CheckerResult(count == len(theirs), point_value * count / len(theirs))


def linematches(
    process_output: Any,
    judge_output: Any,
    point_value: float = 1,
    point_distribution: Sequence[float] = (1,),
    filler_lines_required: bool = True,
    **_: object,
) -> bool | CheckerResult:
    ours, theirs = _lines(process_output), _lines(judge_output)
    if len(theirs) != len(point_distribution) or sum(point_distribution) <= 0:
        raise InternalError("point distribution must fit the judge's output, with a sum above 0")
    if filler_lines_required and len(ours) != len(theirs):
        return False
    points = sum(p for a, b, p in zip(ours, theirs, point_distribution, strict=False) if a == b)
    return CheckerResult(points > 0, point_value * points / sum(point_distribution))


def floats(
    process_output: Any, judge_output: Any, precision: int = 6, error_mode: str = "default", **_: object
) -> bool:
    epsilon = 10.0 ** -int(precision)
    close: Callable[[float, float], bool] | None = {
        "absolute": lambda p, j: abs(p - j) <= epsilon,
        "relative": lambda p, j: abs(p - j) <= epsilon * abs(j),
        "default": lambda p, j: abs(p - j) <= epsilon or (abs(j) >= epsilon and abs(1.0 - p / j) <= epsilon),
    }.get(error_mode)
    if close is None:
        raise InternalError("invalid `error_mode` value")
    ours, theirs = ([line.split() for line in _lines(x)] for x in (process_output, judge_output))
    if [len(line) for line in ours] != [len(line) for line in theirs]:
        return False
    return all(_near(a, b, close) for x, y in zip(ours, theirs, strict=True) for a, b in zip(x, y, strict=True))


def _near(process: bytes, judge: bytes, close: Callable[[float, float], bool]) -> bool:
    try:
        expected = float(judge)
    except ValueError:
        return process == judge
    try:
        return close(float(process), expected)
    except ValueError:
        return False


def floatsabs(process_output: Any, judge_output: Any, **kwargs: Any) -> bool:
    return floats(process_output, judge_output, **{**kwargs, "error_mode": "absolute"})


def floatsrel(process_output: Any, judge_output: Any, **kwargs: Any) -> bool:
    return floats(process_output, judge_output, **{**kwargs, "error_mode": "relative"})


_CHECKERS: dict[str, Callable[..., object]] = {
    "standard": standard, "identical": identical, "easy": easy, "sorted": sorted_, "unordered": unordered,
    "rstripped": rstripped, "linecount": linecount, "linematches": linematches, "floats": floats,
    "floatsabs": floatsabs, "floatsrel": floatsrel,
}  # fmt: skip


def install() -> None:
    """Make ``import dmoj…`` work; ``six`` too, where this machine has none."""
    module("dmoj")
    module("dmoj.result", CheckerResult=CheckerResult, Result=Result)
    module("dmoj.error", InternalError=InternalError, CompileError=CompileError)
    module("dmoj.utils")
    module("dmoj.utils.unicode", utf8bytes=utf8bytes, utf8text=utf8text)
    module("dmoj.checkers")
    module("dmoj.checkers._checker", standard=_standard)
    for name, check in _CHECKERS.items():
        module(f"dmoj.checkers.{name}", check=check)
    try:
        importlib.import_module("six")
    except ImportError:
        names = {"zip": zip, "map": map, "filter": filter, "range": range, "xrange": range, "input": input}
        module("six", text_type=str, binary_type=bytes, string_types=(str,), integer_types=(int,), PY2=False, PY3=True,
                iteritems=lambda table: iter(table.items()))  # fmt: skip
        module("six.moves", **names)


def module(name: str, **names: object) -> None:
    """Make a module importable."""
    made = types.ModuleType(name)
    made.__path__ = []  # so that it may have others in it
    made.__dict__.update(names)
    sys.modules[name] = made
    parent, _, last = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], last, made)


def keywords(judge_input: bytes, output: bytes, request: dict[str, Any], source: bytes) -> dict[str, Any]:
    """What DMOJ's grader calls a checker with, over the problem's own arguments."""
    language = request["language"]
    run = {"execution_time": request["execution_time"], "wall_clock_time": request["wall_time"]}
    return {
        **request["arguments"],
        "submission_source": source,
        "judge_input": judge_input,
        "point_value": request["point_value"],
        "case_position": request["case_position"],
        "batch": 0,
        "submission_language": _EXECUTORS.get(language, language.upper()),
        "binary_data": False,
        "execution_time": request["execution_time"],
        "problem_id": "",
        "result": Result(proc_output=output, max_memory=request["max_memory"], **run),
    }
