"""A draft on its way from the limited process to the worker."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from adaptix import P, Retort, loader

from application.problems.packages import ProblemDraft
from domain.problems.entities import Complaint
from infrastructure.packages.numbered_content import NumberedContent


def _time(microseconds: int) -> timedelta:
    return timedelta(microseconds=microseconds)


_retort = Retort(
    recipe=[
        loader(timedelta, _time),
        loader(P[ProblemDraft].contents, dict),
    ],
)


def load_draft(document: Any, directory: int) -> ProblemDraft:
    """The same draft, its contents in the folder with the descriptor ``directory``. Raises TypeError, ValueError or
    adaptix.load_error.LoadError on anything that ``dump_draft`` does not write.
    """
    draft = _retort.load(document, ProblemDraft)
    contents = {
        bytes.fromhex(digest): NumberedContent(directory, int(number), int(size))
        for digest, (number, size) in cast("dict[str, tuple[int, int]]", draft.contents).items()
    }
    return replace(draft, contents=contents)


def load_complaints(document: list[list[Any]]) -> tuple[Complaint, ...]:
    """The same complaints. Raises TypeError or ValueError."""
    return tuple(Complaint(str(message), file, line) for message, file, line in document)
