"""Which of a revision's statements is meant."""

from collections.abc import Iterable, Iterator, Sequence

from domain.problems.files import PackageFile, Statement

FORMATS = ("html", "markdown", "pdf", "latex")
"""The ones that are the easiest to show first."""


def distinct(statements: Iterable[Statement]) -> list[Statement]:
    """By language and the order of FORMATS; of two that have both in common, the first."""
    found: dict[tuple[str, str], Statement] = {}
    for statement in statements:
        found.setdefault((statement.language, statement.format), statement)
    rank = {name: place for place, name in enumerate(FORMATS)}
    return sorted(found.values(), key=lambda s: (s.language, rank.get(s.format, len(rank))))


def in_language(statements: Iterable[Statement], language: str) -> list[Statement]:
    """Tags are compared without regard to case, as BCP 47 wants it."""
    return [statement for statement in distinct(statements) if statement.language.lower() == language.lower()]


def first_of(statements: Sequence[Statement], formats: Sequence[str]) -> Statement | None:
    """The one whose format comes first in ``formats``."""
    return next((s for name in formats for s in statements if s.format == name), None)


def files_named(statements: Iterable[Statement], name: str) -> Iterator[tuple[PackageFile, str]]:
    """Each with the statement's format if it is the text itself, else with ""."""
    for statement in statements:
        for place, file in enumerate(statement.files):
            if file.name == name:
                yield file, "" if place else statement.format
