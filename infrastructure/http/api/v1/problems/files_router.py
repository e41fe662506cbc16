"""What people read of a problem."""

from typing import Annotated, Literal

from dishka import FromDishka
from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import StreamingResponse

from application.problems.statement_choice import FORMATS
from application.problems.usecases import (
    GetAttachment,
    GetSampleFile,
    GetStatement,
    GetStatementFile,
    ListAttachments,
    ListSamples,
    ListStatements,
)
from domain.problems.entities import Slug
from infrastructure.http.api.caller import Caller
from infrastructure.http.api.models import Page, SlugText
from infrastructure.http.api.pagination import Cursor, Limit, encode_cursor, slice_page, start_of
from infrastructure.http.api.responses import errors
from infrastructure.http.api.route import ApiRoute
from infrastructure.http.api.v1.problems.accept import Accept, ordered
from infrastructure.http.api.v1.problems.file_mappers import (
    attachment_model,
    sample_model,
    statement_file_address,
    statement_model,
)
from infrastructure.http.api.v1.problems.file_models import FileModel, SampleModel, StatementFormat, StatementModel
from infrastructure.http.api.v1.problems.served_files import FILE_RESPONSES, IfNoneMatch, served

router = APIRouter(tags=["problems"], route_class=ApiRoute)

SlugPath = Annotated[SlugText, Path(description="the problem's slug")]
Language = Annotated[str, Path(max_length=50, description="a language tag, as the list has it", examples=["en"])]
Name = Annotated[str, Path(max_length=1000, description="as the list has it; may hold slashes")]
Format = Annotated[StatementFormat | None, Query(description="default: the one that is easiest to show")]
Revision = Annotated[
    int | None,
    Query(ge=1, le=2**31 - 1, description="default: the one in force; others are the problem's `author`'s and admins'"),
]


@router.get("/problems/{slug}/statements", summary="List a problem's statements", responses=errors(404))
async def list_statements(
    slug: SlugPath,
    caller: Caller,
    use_case: FromDishka[ListStatements],
    revision: Revision = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[StatementModel]:
    """One for each language and format, with the files that they show."""
    statements, next_cursor = slice_page(await use_case(caller, Slug(slug), revision), limit, cursor)
    return Page(items=[statement_model(s, slug, revision) for s in statements], next_cursor=next_cursor)


@router.get(
    "/problems/{slug}/statements/{language}",
    summary="A problem's text",
    response_class=StreamingResponse,
    responses={**FILE_RESPONSES, **errors(404)},
)
async def get_statement(
    slug: SlugPath,
    language: Language,
    caller: Caller,
    use_case: FromDishka[GetStatement],
    format: Format = None,  # noqa: A002  # the query field's name
    revision: Revision = None,
    accept: Accept = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """In `format`; without it in the one that `Accept` prefers, else HTML, Markdown, PDF, LaTeX, whichever is there.
    Names in it are relative to `Content-Location`.
    """
    formats = ordered(FORMATS, accept) if format is None else [format]
    file = await use_case(caller, Slug(slug), language, formats, revision)
    location = statement_file_address(slug, language, file.format, file.name, revision)
    vary = "Authorization, Accept"
    return await served(file, if_none_match, immutable=revision is not None, vary=vary, location=location)


@router.get(
    "/problems/{slug}/statements/{language}/files/{name:path}",
    summary="A file of a problem's text",
    response_class=StreamingResponse,
    responses={**FILE_RESPONSES, **errors(404)},
)
async def get_statement_file(
    slug: SlugPath,
    language: Language,
    name: Name,
    caller: Caller,
    use_case: FromDishka[GetStatementFile],
    format: Format = None,  # noqa: A002  # the query field's name
    revision: Revision = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """A picture, or the text itself. `format` tells files of one name apart."""
    file = await use_case(caller, Slug(slug), language, name, format, revision)
    return await served(file, if_none_match, immutable=revision is not None)


@router.get("/problems/{slug}/samples", summary="List a problem's samples", responses=errors(404))
async def list_samples(
    slug: SlugPath,
    caller: Caller,
    use_case: FromDishka[ListSamples],
    revision: Revision = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[SampleModel]:
    """In the order of the tests; of large ones the beginning, and where the whole is."""
    start = start_of(cursor)
    samples = await use_case(caller, Slug(slug), start, limit + 1, revision)
    next_cursor = encode_cursor(str(start + limit)) if len(samples) > limit else None
    return Page(items=[sample_model(sample, slug, revision) for sample in samples[:limit]], next_cursor=next_cursor)


@router.get(
    "/problems/{slug}/samples/{name:path}/{part}",
    summary="A sample's whole input or answer",
    response_class=StreamingResponse,
    responses={**FILE_RESPONSES, **errors(404)},
)
async def get_sample_file(
    slug: SlugPath,
    name: Name,
    part: Annotated[Literal["input", "output"], Path(description="`output` is the answer")],
    caller: Caller,
    use_case: FromDishka[GetSampleFile],
    revision: Revision = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Byte for byte."""
    file = await use_case(caller, Slug(slug), name, answer=part == "output", revision=revision)
    return await served(file, if_none_match, immutable=revision is not None, attached=True)


@router.get("/problems/{slug}/attachments", summary="List a problem's attachments", responses=errors(404))
async def list_attachments(
    slug: SlugPath,
    caller: Caller,
    use_case: FromDishka[ListAttachments],
    revision: Revision = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[FileModel]:
    """Files for contestants: graders, templates, large samples."""
    files, next_cursor = slice_page(await use_case(caller, Slug(slug), revision), limit, cursor)
    return Page(items=[attachment_model(file, slug, revision) for file in files], next_cursor=next_cursor)


@router.get(
    "/problems/{slug}/attachments/{name:path}",
    summary="A problem's attachment",
    response_class=StreamingResponse,
    responses={**FILE_RESPONSES, **errors(404)},
)
async def get_attachment(
    slug: SlugPath,
    name: Name,
    caller: Caller,
    use_case: FromDishka[GetAttachment],
    revision: Revision = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Byte for byte."""
    file = await use_case(caller, Slug(slug), name, revision)
    return await served(file, if_none_match, immutable=revision is not None, attached=True)
