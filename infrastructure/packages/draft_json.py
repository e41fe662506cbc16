"""A draft on its way from the limited process to the worker."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from application.problems.packages import DraftTest, ProblemDraft
from application.sandbox import Content
from domain.problems.entities import CheckerSpec, Complaint, ProblemLimits, Slug, TestGroup
from domain.problems.enums import CheckerType, GroupScoring, Scoring
from infrastructure.packages.numbered_content import NumberedContent

_TIMES = ("cpu_time", "wall_time")


def dump_draft(draft: ProblemDraft) -> dict[str, Any]:
    """As JSON has it; contents become their number and size."""
    limits = asdict(draft.limits)
    for name in _TIMES:
        limits[name] = None if limits[name] is None else limits[name] / timedelta(microseconds=1)
    return {
        "title": draft.title,
        "slug": draft.slug,
        "format": draft.format,
        "source": draft.source,
        "scoring": draft.scoring,
        "limits": limits,
        "checker": asdict(draft.checker),
        "groups": [asdict(group) for group in draft.groups],
        "tests": [
            [t.name, t.group, t.sample, t.points, t.source, *_dump_content(t.input), *_dump_content(t.answer)]
            for t in draft.tests
        ],
    }


def _dump_content(content: Content) -> tuple[int, int]:
    assert isinstance(content, NumberedContent)
    return content.number, content.size


def load_draft(document: dict[str, Any], directory: int) -> ProblemDraft:
    """The same draft, its contents in the folder with the descriptor ``directory``. Raises KeyError, TypeError or
    ValueError on anything that ``dump_draft`` does not write.
    """
    limits = dict(document["limits"])
    for name in _TIMES:
        limits[name] = None if limits[name] is None else timedelta(microseconds=limits[name])
    checker = dict(document["checker"])
    return ProblemDraft(
        title=document["title"],
        slug=None if document["slug"] is None else Slug(document["slug"]),
        format=document["format"],
        source=document["source"],
        scoring=Scoring(document["scoring"]),
        limits=ProblemLimits(**limits),
        checker=CheckerSpec(**checker | {"type": CheckerType(checker["type"])}),
        groups=tuple(
            TestGroup(name=g["name"], points=g["points"], scoring=GroupScoring(g["scoring"]),
                      depends_on=tuple(g["depends_on"]))
            for g in document["groups"]
        ),
        tests=tuple(_load_test(test, directory) for test in document["tests"]),
    )  # fmt: skip


def _load_test(test: list[Any], directory: int) -> DraftTest:
    name, group, sample, points, source, input_number, input_size, answer_number, answer_size = test
    return DraftTest(
        name=name,
        group=group,
        sample=sample,
        points=points,
        source=source,
        input=NumberedContent(directory, int(input_number), int(input_size)),
        answer=NumberedContent(directory, int(answer_number), int(answer_size)),
    )


def dump_complaints(complaints: tuple[Complaint, ...]) -> list[list[Any]]:
    """As JSON has it."""
    return [[c.message, c.file, c.line] for c in complaints]


def load_complaints(document: list[list[Any]]) -> tuple[Complaint, ...]:
    """The same complaints. Raises TypeError or ValueError."""
    return tuple(Complaint(str(message), file, line) for message, file, line in document)
