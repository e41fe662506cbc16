"""What setters' programs leave behind, made up."""

from datetime import timedelta

from application.judging.checker_call import Said
from domain.runs.entities import Execution
from domain.runs.enums import Ending, Limit


def execution(
    code: int | None = 0,
    *,
    ending: Ending = Ending.EXITED,
    signal: int | None = None,
    passed: tuple[Limit, ...] = (),
) -> Execution:
    return Execution(
        ending=ending,
        exit_code=code,
        signal=signal,
        cpu_time=timedelta(seconds=0.5),
        wall_time=timedelta(seconds=1),
        memory=4096 * 1024,
        limits_passed=passed,
        stdout_size=0,
        stderr_size=0,
        stdout_head=b"",
        stderr_head=b"",
        isolation="",
    )


def said(code: int, stdout: bytes = b"", stderr: bytes = b"", **feedback: bytes) -> Said:
    """``feedback``: files by their names without ``.txt``."""
    files = {f"{name}.txt": content for name, content in feedback.items()}
    return Said(execution=execution(code), stdout=stdout, stderr=stderr, feedback=files)
