"""What graders written for DMOJ (``custom_judge``) import from its judge; a few lines of our own.

It runs inside the sandbox beside ``dmoj_starter``, and imports nothing of this service. Behaviour: DMOJ's judge,
``dmoj/graders/base.py``, ``standard.py``, ``interactive.py``.
"""

import os
from typing import Any

API: Any = None
"""Our ``dmoj_api``: results and named checkers. ``install`` sets both."""
TALK: Any = None
"""Our ``dmoj_talk``."""


class Table(dict[str, Any]):
    """Of settings: a missing one is None, and attributes are keys."""

    def __missing__(self, _: str) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]


class Case:
    """The test."""

    def __init__(self, data: bytes, answer: bytes, request: dict[str, Any]) -> None:
        self._data, self._answer, self.request = data, answer, request
        self.points, self.position, self.batch = request["point_value"], request["case_position"], 0
        self.config = Table(
            points=self.points, wall_time_factor=3, output_limit_length=25165824, output_prefix_length=64
        )
        self.has_binary_data = False
        self.output_prefix_length = 64

    def input_data(self) -> bytes:
        return self._data

    def output_data(self) -> bytes:
        return self._answer

    def checker(self) -> Any:
        return API.standard

    def generator(self) -> None:
        return None

    def io_redirects(self) -> None:
        return None

    def free_data(self) -> None:
        return None


class BaseGrader:
    """Knows the submission and the problem."""

    def __init__(self, judge: Any, problem: Any, language: str, source: bytes, *_: object, **__: object) -> None:
        self.judge, self.problem, self.language, self.source = judge, problem, language, source
        self._current_proc: Any = None
        self._terminate = False
        self.binary: Any = self._generate_binary()

    def grade(self, case: Any) -> Any:
        raise NotImplementedError

    def terminate_grading(self) -> None:
        self._terminate = True

    def _generate_binary(self) -> Any:
        return self.judge.binary


class StandardGrader(BaseGrader):
    """Runs the submission on the input, and asks the checker."""

    def grade(self, case: Any) -> Any:
        result = API.Result(case)
        self._launch_process(case)
        error = self._interact(case, result)
        self.populate_result(error, result, self._current_proc)
        check = self.check_result(case, result)
        if not isinstance(check, API.CheckerResult):
            check = API.CheckerResult(bool(check), case.points if check else 0.0)
        result.result_flag |= 0 if check.passed else API.Result.WA
        result.points = check.points
        result.feedback = check.feedback or result.feedback
        result.extended_feedback = check.extended_feedback or result.extended_feedback
        return result

    def _interact(self, case: Any, result: Any) -> Any:
        """Those written for newer judges are not handed the input."""
        code = getattr(self._interact_with_process, "__code__", None)
        handed = (case, result) if code is not None and code.co_argcount == 3 else (case, result, case.input_data())
        return self._interact_with_process(*handed)

    def populate_result(self, error: Any, result: Any, process: Any) -> None:
        self.binary.populate_result(error, result, process)

    def check_result(self, case: Any, result: Any) -> Any:
        if result.result_flag:
            return False
        known = API.keywords(case.input_data(), result.proc_output, case.request, self.source)
        try:
            return case.checker()(result.proc_output or b"", case.output_data(), **known)
        except UnicodeDecodeError:
            return API.CheckerResult(passed=False, points=0, feedback="invalid unicode")

    def _launch_process(self, *_: object) -> None:
        self._current_proc = self.binary.launch()

    def _interact_with_process(self, case: Any, result: Any, input: Any) -> Any:  # noqa: A002, ARG002
        result.proc_output, error = self._current_proc.communicate(input)
        return error


class InteractiveGrader(StandardGrader):
    """Talks with the submission; whoever returns what is not right need not wait for its end."""

    check: Any = False
    feedback: Any = None

    def interact(self, case: Any, interactor: Any) -> Any:
        raise NotImplementedError

    def _interact_with_process(self, case: Any, result: Any, input: Any) -> Any:  # noqa: A002, ARG002
        interactor = TALK.Interactor(self._current_proc)
        try:
            self.check = self.interact(case, interactor)
            if not self.check or not getattr(self.check, "passed", True):
                return b""
            interactor.close()
        except TALK.WrongAnswer as wrong:
            self.check, self.feedback = False, str(wrong)
            return b""
        except OSError:
            self.check = False
        self._current_proc.wait()
        return b""

    def check_result(self, case: Any, result: Any) -> Any:  # noqa: ARG002
        if result.result_flag:
            return False
        if not self.check:
            return API.CheckerResult(passed=False, points=0.0, feedback=self.feedback)
        return self.check


class _Judge:
    def __init__(self, binary: Any) -> None:
        self.binary = binary


class _Data:
    """The files that came with the grader."""

    def __init__(self, place: str) -> None:
        self._place = place

    def __getitem__(self, name: str) -> bytes:
        with open(os.path.join(self._place, os.path.basename(name)), "rb") as file:  # noqa: PTH118, PTH119, PTH123
            return file.read()


def install(api: Any, talk: Any) -> None:
    """Make ``import dmoj.graders…`` work."""
    global API, TALK
    API, TALK = api, talk
    found: dict[str, Any] = {"BaseGrader": BaseGrader, "StandardGrader": StandardGrader}
    found |= {"InteractiveGrader": InteractiveGrader, "Interactor": talk.Interactor, "WrongAnswer": talk.WrongAnswer}
    api.module("dmoj.graders", **found)
    api.module("dmoj.graders.base", BaseGrader=BaseGrader)
    api.module("dmoj.graders.standard", StandardGrader=StandardGrader, Grader=StandardGrader)
    api.module("dmoj.graders.interactive", Grader=InteractiveGrader, **found)
    api.module("dmoj.problem", TestCase=Case, Problem=object)
    api.module("dmoj.cptbox", TracedPopen=talk.Process)
    here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
    api.module("dmoj.judgeenv", env=Table(), get_problem_root=lambda *_: here, get_problem_roots=lambda *_: [here])
    api.module("dmoj.config", ConfigNode=Table, InvalidInitException=ValueError)


def graded(module: Any, ends: tuple[int, int], known: dict[str, Any], data: tuple[bytes, bytes, bytes]) -> Any:
    """The grader's word on one test, as a checker's. ``data``: input, answer, the submission's source."""
    kind = getattr(module, "Grader", None)
    if not callable(kind):
        raise TypeError("the grader's file has no class 'Grader'")
    told = API.keywords(data[0], b"", known, data[2])
    here = os.path.dirname(module.__file__)  # noqa: PTH120
    problem = Table(id="", config=Table(), problem_data=_Data(here), time_limit=1.0, memory_limit=262144)
    grader = kind(_Judge(TALK.Binary(ends)), problem, told["submission_language"], data[2])
    result = grader.grade(Case(data[0], data[1], known))
    feedback, extended = (text if isinstance(text, str) else "" for text in (result.feedback, result.extended_feedback))
    return API.CheckerResult(not result.result_flag, float(result.points or 0.0), feedback, extended)
