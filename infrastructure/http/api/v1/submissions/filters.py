"""The query of a list of submissions."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from domain.exceptions import FieldError, Invalid
from domain.languages.entities import LanguageId
from domain.problems.entities import Slug
from domain.submissions.dtos import SubmissionFilter
from domain.submissions.entities import SubmissionId
from domain.submissions.enums import JobStatus
from domain.verdicts import Verdict
from infrastructure.http.api.models import LanguageText, SlugText
from infrastructure.http.api.pagination import Cursor, bad_cursor, decode_cursor

MOST_PAIRS = 8

Metadata = Annotated[
    list[str] | None,
    Query(
        max_length=MOST_PAIRS,
        description="`key:value`, may be repeated: the submission's metadata has each of these, compared as text",
        examples=["course:algorithms"],
    ),
]


async def submission_filter(
    problem: Annotated[SlugText | None, Query()] = None,
    language: Annotated[LanguageText | None, Query()] = None,
    status: Annotated[JobStatus | None, Query()] = None,
    verdict: Annotated[Verdict | None, Query()] = None,
    metadata: Metadata = None,
    cursor: Cursor = None,
) -> SubmissionFilter:
    """What the list is to show. Raises Invalid."""
    return SubmissionFilter(
        problem=None if problem is None else Slug(problem),
        language=None if language is None else LanguageId(language),
        status=status,
        verdict=verdict,
        metadata=_pairs(metadata) if metadata else None,
        after=None if cursor is None else _submission_after(cursor),
    )


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in texts:
        key, colon, value = text.partition(":")
        if not colon or not key or "\0" in text or len(text) > 1000:
            raise Invalid.field("metadata", "must be 'key:value', at most 1000 characters, without NUL")
        if pairs.setdefault(key, value) != value:
            raise Invalid(FieldError("metadata", f"asks for two values of {key!r}, which nothing has"))
    return pairs


def _submission_after(cursor: str) -> SubmissionId:
    try:
        return SubmissionId(UUID(decode_cursor(cursor)))
    except ValueError:
        raise bad_cursor() from None
