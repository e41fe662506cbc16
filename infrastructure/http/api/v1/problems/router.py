from collections.abc import AsyncIterator
from typing import Annotated

from dishka import FromDishka
from fastapi import APIRouter, Form, Path, Response, UploadFile
from fastapi.responses import StreamingResponse

from application.idempotency.reply_keeper import ReplyKeeper
from application.problems.usecases import (
    ArchiveProblem,
    ExportPackage,
    GetImport,
    GetLastImport,
    GetProblem,
    ListProblems,
    ListRevisions,
    ListTests,
    PutOutcome,
    PutProblem,
    RequestImport,
)
from domain.problems.entities import ImportId, Slug
from infrastructure.http.api.caller import Caller
from infrastructure.http.api.idempotency import reply
from infrastructure.http.api.models import Page, SlugText
from infrastructure.http.api.pagination import Cursor, Limit, encode_cursor, slice_page, start_of
from infrastructure.http.api.responses import BODY, errors
from infrastructure.http.api.route import ApiRoute
from infrastructure.http.api.v1.problems.cursors import slug_after
from infrastructure.http.api.v1.problems.if_match import IfMatch, etag, revision_of
from infrastructure.http.api.v1.problems.import_mappers import import_model
from infrastructure.http.api.v1.problems.import_models import ImportModel
from infrastructure.http.api.v1.problems.mappers import (
    problem_draft,
    problem_model,
    problem_summary_model,
    revision_model,
    shown_test_model,
)
from infrastructure.http.api.v1.problems.models import (
    NewImportModel,
    NewProblemModel,
    ShownTestModel,
)
from infrastructure.http.api.v1.problems.shown_models import ProblemModel, ProblemSummaryModel, RevisionModel

router = APIRouter(tags=["problems"], route_class=ApiRoute)

SlugPath = Annotated[SlugText, Path(description="the problem's slug")]
CHUNK_SIZE = 256 * 1024


@router.put(
    "/problems/{slug}",
    summary="Write a problem",
    responses={
        201: {"model": ProblemModel, "description": "A new problem."},
        200: {"description": "A new revision is in force; or the body is what was in force, and nothing has changed."},
        **errors(403, 409, 412, *BODY),
    },
)
async def put_problem(
    slug: SlugPath,
    body: NewProblemModel,
    caller: Caller,
    response: Response,
    use_case: FromDishka[PutProblem],
    if_match: IfMatch = None,
) -> ProblemModel:
    """Scope `author`. Revisions are immutable: a changed body makes a new one, an identical body makes none."""
    result = await use_case(caller, Slug(slug), problem_draft(body), revision_of(if_match))
    response.status_code = 201 if result.outcome is PutOutcome.CREATED else 200
    response.headers["ETag"] = etag(result.view.revision.number)
    return problem_model(result.view)


@router.get("/problems", summary="List problems", responses=errors())
async def list_problems(
    caller: Caller, use_case: FromDishka[ListProblems], limit: Limit = 50, cursor: Cursor = None
) -> Page[ProblemSummaryModel]:
    """By slug; archived ones are left out."""
    problems = await use_case(caller, limit + 1, slug_after(cursor))
    next_cursor = encode_cursor(problems[limit - 1].slug) if len(problems) > limit else None
    return Page(items=[problem_summary_model(problem) for problem in problems[:limit]], next_cursor=next_cursor)


@router.get("/problems/{slug}", summary="Read a problem", responses=errors(404))
async def get_problem(
    slug: SlugPath, caller: Caller, response: Response, use_case: FromDishka[GetProblem]
) -> ProblemModel:
    """The revision in force; its number is the `ETag`."""
    view = await use_case(caller, Slug(slug))
    response.headers["ETag"] = etag(view.revision.number)
    return problem_model(view)


@router.get("/problems/{slug}/revisions", summary="List a problem's revisions", responses=errors(404))
async def list_revisions(
    slug: SlugPath,
    caller: Caller,
    use_case: FromDishka[ListRevisions],
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[RevisionModel]:
    """Oldest first."""
    revisions, next_cursor = slice_page(await use_case(caller, Slug(slug)), limit, cursor)
    return Page(items=[revision_model(revision) for revision in revisions], next_cursor=next_cursor)


@router.get("/problems/{slug}/tests", summary="List a problem's tests", responses=errors(404))
async def list_tests(
    slug: SlugPath, caller: Caller, use_case: FromDishka[ListTests], limit: Limit = 50, cursor: Cursor = None
) -> Page[ShownTestModel]:
    """Contents of samples are shown to every key, those of hidden tests to the problem's `author` and to `admin`."""
    start = start_of(cursor)
    tests = await use_case(caller, Slug(slug), start, limit + 1)
    next_cursor = encode_cursor(str(start + limit)) if len(tests) > limit else None
    return Page(items=[shown_test_model(test) for test in tests[:limit]], next_cursor=next_cursor)


@router.get(
    "/problems/{slug}/package",
    summary="A problem as a package",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A zip or tar, from which the revision in force can be imported again.",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        **errors(403, 404, 409),
    },
)
async def export_package(slug: SlugPath, caller: Caller, use_case: FromDishka[ExportPackage]) -> StreamingResponse:
    """Scope `author`. The package that was imported, as it came; of a problem written by hand, a plain one."""
    exported = await use_case(caller, Slug(slug))
    headers = {
        "Content-Disposition": f'attachment; filename="{exported.name}"',
        "Content-Length": str(exported.size),
    }
    return StreamingResponse(exported.chunks(), media_type="application/octet-stream", headers=headers)


@router.get("/problems/{slug}/import", summary="A problem's last import", responses=errors(404))
async def get_last_import(slug: SlugPath, caller: Caller, use_case: FromDishka[GetLastImport]) -> ImportModel:
    """The newest for this slug that the key may see, accepted or not: its own; with `admin` anybody's."""
    return import_model(await use_case(caller, Slug(slug)))


@router.delete("/problems/{slug}", status_code=204, summary="Archive a problem", responses=errors(403, 404, 409))
async def archive_problem(slug: SlugPath, caller: Caller, use_case: FromDishka[ArchiveProblem]) -> None:
    """Scope `author`. Its submissions stay."""
    await use_case(caller, Slug(slug))


@router.post("/problems", status_code=202, summary="Import a package", responses=errors(403, 409, *BODY))
async def request_import(
    body: Annotated[NewImportModel, Form(media_type="multipart/form-data")],
    caller: Caller,
    response: Response,
    use_case: FromDishka[RequestImport],
    keeper: FromDishka[ReplyKeeper],
) -> ImportModel:
    """Scope `author`. A worker reads the package; `Location` shows what has become of it."""
    keeper.show_as(lambda new: reply(202, import_model(new), _location(new.id)))
    package_import = await use_case(caller, _chunks(body.package), None if body.slug is None else Slug(body.slug))
    response.headers.update(_location(package_import.id))
    return import_model(package_import)


@router.get("/imports/{import_id}", summary="What has become of a package", responses=errors(404))
async def get_import(
    import_id: Annotated[ImportId, Path()], caller: Caller, use_case: FromDishka[GetImport]
) -> ImportModel:
    """`rejected` names every file that is wrong."""
    return import_model(await use_case(caller, import_id))


def _location(import_id: ImportId) -> dict[str, str]:
    return {"Location": f"/api/v1/imports/{import_id}"}


async def _chunks(upload: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await upload.read(CHUNK_SIZE):
        yield chunk
