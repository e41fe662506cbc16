"""What packages may ask for and this service does not judge yet: refused, rather than judged otherwise than meant."""

from collections.abc import Iterator

from application.problems.packages import ProblemDraft
from domain.problems.entities import Complaint, TestExtras
from domain.problems.enums import CheckerType


def not_judged_yet(draft: ProblemDraft) -> tuple[Complaint, ...]:
    """Empty: everything in the draft is understood as it is meant."""
    return tuple(Complaint(f"{what} is not supported yet", draft.source or None) for what in _unsupported(draft))


def _unsupported(draft: ProblemDraft) -> Iterator[str]:
    setup = draft.setup
    wants = {
        f"a checker of the type {draft.checker.type}": draft.checker.type is CheckerType.PROGRAM,
        "an interactive problem": setup.interaction is not None,
        "a problem of several passes": setup.passes > 1,
        "submitting outputs in place of a program": setup.output_only,
        "compiling files of the package with the submission": bool(setup.stubs),
        "reading or writing files in place of stdin and stdout": bool(setup.input_file or setup.output_file),
        "a choice of languages": setup.languages is not None or bool(setup.language_limits),
        "making tests by generators": any(test.input is None or test.answer is None for test in draft.tests),
        "giving a test arguments or files": any(_has_extras(test.extras) for test in draft.tests),
        "a grader of the package's own": any(group.grader for group in draft.groups),
        "finding the time limit from the reference submissions": draft.limits.cpu_time is None
        and bool(draft.material.references),
    }
    return (what for what, wanted in wants.items() if wanted)


def _has_extras(extras: TestExtras) -> bool:
    return bool(extras.arguments or extras.files)
