"""What is wrong with a draft, in the words of the package that it came from."""

import re

from application.problems.packages import ProblemDraft
from domain.exceptions import FieldError, Invalid
from domain.problems.entities import Complaint

_TEST = re.compile(r"/tests/(\d+)(/.+)?")
_CAPITAL = re.compile(r"[A-Z]")


def complaints_of(error: Invalid, draft: ProblemDraft) -> tuple[Complaint, ...]:
    """JSON pointers become the file of the test, or that which describes the problem, and the key in it."""
    return tuple(_complaint(field, draft) for field in error.errors)


def _complaint(error: FieldError, draft: ProblemDraft) -> Complaint:
    found = _TEST.fullmatch(error.pointer)
    test = draft.tests[int(found[1])] if found and int(found[1]) < len(draft.tests) else None
    if found is None or test is None:
        return Complaint(f"{_key(error.pointer)}: {error.detail}", draft.source or None)
    return Complaint(f"{_key(found[2])}: {error.detail}" if found[2] else error.detail, test.source or None)


def _key(pointer: str) -> str:
    """``/groups/0/dependsOn/1`` → ``groups[0].depends_on[1]``."""
    dotted = _CAPITAL.sub(lambda capital: f"_{capital[0].lower()}", pointer.lstrip("/")).replace("/", ".")
    return re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", dotted)
