"""A draft on its way from the limited process to the worker."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from adaptix import P, Retort, dumper, loader

from application.problems.packages import ProblemDraft
from application.sandbox import Content
from domain.problems.entities import Complaint
from infrastructure.packages.numbered_content import NumberedContent

_MICROSECOND = timedelta(microseconds=1)


def _microseconds(time: timedelta) -> int:
    return time // _MICROSECOND


def _time(microseconds: int) -> timedelta:
    return timedelta(microseconds=microseconds)


def _dump_contents(contents: Mapping[bytes, Content]) -> dict[str, tuple[int, int]]:
    return {digest.hex(): _dump_content(content) for digest, content in contents.items()}


def _dump_content(content: Content) -> tuple[int, int]:
    assert isinstance(content, NumberedContent)
    return content.number, content.size


_retort = Retort(
    recipe=[
        dumper(timedelta, _microseconds),
        loader(timedelta, _time),
        dumper(P[ProblemDraft].contents, _dump_contents),
        loader(P[ProblemDraft].contents, dict),
    ],
)


def dump_draft(draft: ProblemDraft) -> Any:
    """As JSON has it; contents become their number and size."""
    return _retort.dump(draft)


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


def dump_complaints(complaints: tuple[Complaint, ...]) -> list[list[Any]]:
    """As JSON has it."""
    return [[c.message, c.file, c.line] for c in complaints]


def load_complaints(document: list[list[Any]]) -> tuple[Complaint, ...]:
    """The same complaints. Raises TypeError or ValueError."""
    return tuple(Complaint(str(message), file, line) for message, file, line in document)
