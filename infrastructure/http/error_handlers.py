"""Every error as a problem document."""

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from application.exceptions import StorageUnavailable
from domain.exceptions import ProbaError
from infrastructure.http.api.errors import error_headers, error_model, problem, problem_response
from infrastructure.http.api.validation_errors import field_errors, only_about_path

CODES = {
    400: "malformed_request",
    404: "path_not_found",
    405: "method_not_allowed",
    408: "body_too_slow",
    413: "body_too_large",
    415: "unsupported_media_type",
}


def add_error_handlers(app: FastAPI) -> None:
    """Faults that are nobody's (500) are answered by the outermost middleware, which also logs them."""
    for kind in (ProbaError, StorageUnavailable):
        app.add_exception_handler(kind, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


async def _known(_: Request, error: Exception) -> Response:
    return problem_response(error_model(error), error_headers(error))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = error.errors()
    if only_about_path(errors) and request.method != "PUT":
        return problem_response(problem(404, f"there is nothing at {request.url.path!r}", "path_not_found"))
    fields = field_errors(errors)
    detail = "; ".join(f"{e.pointer or 'the body'}: {e.detail}" for e in fields[:3])
    return problem_response(problem(422, detail, "invalid", fields))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = error.status_code
    detail = str(error.detail)
    if status == 404:
        detail = f"there is nothing at {request.url.path!r}"
    if status == 405:
        detail = f"{request.method} is not allowed here"
    model = problem(status, detail, CODES.get(status, f"http_{status}"))
    return problem_response(model, error.headers)
