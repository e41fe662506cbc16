"""Starts a DMOJ checker written in Python. It runs inside the sandbox, and imports nothing of this service.

Arguments: input, output ("-": a grader, which talks to the submission), answer, feedback directory, request (JSON), the
submission's source. What the checker says becomes ``result.json`` in the feedback directory, written after the checker
has come back: nothing that it prints can be taken for it.
"""

# ruff: noqa: S102  # it is there to run a setter's program, and to tell people on stderr
import sys

_APP = sys.path.pop(0)  # else a setter's random.py would be imported in place of the standard library's

import json  # noqa: E402
import math  # noqa: E402
import os  # noqa: E402
import traceback  # noqa: E402
import types  # noqa: E402

CHECKER = "checker.py"
"""Replaced by the name of the setter's file."""
API, GRADERS, TALK = "proba_dmoj_api.py", "proba_dmoj_graders.py", "proba_dmoj_talk.py"
RESULT = "result.json"
LONGEST = 16_000


def main(arguments: list[str]) -> None:
    """Ask the checker, and write down what it says."""
    input_path, output_path, answer_path, feedback, request_path, source_path = arguments
    try:
        request = json.loads(_read(request_path))
        converses = output_path == "-"
        output = b"" if converses else _read(output_path)
        request["converses"] = converses
        result = judged(_read(input_path), output, _read(answer_path), request, _read(source_path))
    except BaseException as error:  # noqa: BLE001  # SystemExit too: an end of the setter's own making is no verdict
        traceback.print_exc()
        result = {"error": f"{traceback.format_exception_only(type(error), error)[-1].strip()[:500]}{_place(error)}"}
    with open(os.path.join(feedback, RESULT), "w", encoding="utf-8") as file:  # noqa: PTH118, PTH123
        json.dump(result, file)


def judged(
    judge_input: bytes, output: bytes, answer: bytes, request: dict[str, object], source: bytes
) -> dict[str, object]:
    """The checker's word, as JSON can hold it. Raises whatever the checker raises, TypeError for no word."""
    api, graders, talk = (_load(os.path.join(_APP, name)) for name in (API, GRADERS, TALK))  # noqa: PTH118
    api.install()
    graders.install(api, talk)
    sys.path.append(_APP)
    ends = talk.pipes() if request.get("converses") else None
    module = _load(os.path.join(_APP, CHECKER))  # noqa: PTH118
    if ends is not None:
        return _told(graders.graded(module, ends, request, (judge_input, answer, source)), api)
    check = getattr(module, "check", None)
    if not callable(check):
        raise TypeError(f"{CHECKER} has no function 'check'")
    keywords = api.keywords(judge_input, output, request, source)
    try:
        said = check(output, answer, **keywords)
    except UnicodeDecodeError:
        return {"passed": False, "points": 0.0, "feedback": "invalid unicode", "extended": None}
    return _told(said, api)


def _told(said: object, api: types.ModuleType) -> dict[str, object]:
    if isinstance(said, bool):
        return {"passed": said, "points": None, "feedback": None, "extended": None}
    if not isinstance(said, api.CheckerResult):
        raise TypeError(f"check returned {type(said).__name__}, where True, False or a CheckerResult is expected")
    if not math.isfinite(said.points):
        raise ValueError(f"check gave {said.points} points")
    return {
        "passed": said.passed,
        "points": float(said.points),
        "feedback": (said.feedback or "")[:LONGEST],
        "extended": (said.extended_feedback or "")[:LONGEST],
    }


def _load(path: str) -> types.ModuleType:
    name = os.path.splitext(os.path.basename(path))[0]  # noqa: PTH119, PTH122
    module = types.ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    exec(compile(_read(path), path, "exec"), module.__dict__)
    return module


def _read(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123
        return file.read()


def _place(error: BaseException) -> str:
    """Where in the setter's file it was raised."""
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if _is_checker(frame.f_code.co_filename)]
    return f" ({CHECKER}, line {lines[-1]})" if lines else ""


def _is_checker(path: str) -> bool:
    return path == os.path.join(_APP, CHECKER)  # noqa: PTH118


if __name__ == "__main__":
    main(sys.argv[1:])
