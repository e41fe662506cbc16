"""From what went wrong to what the client is told. Nothing of the machine's inside ever gets into an answer."""

from collections.abc import Mapping

from fastapi import Response

from application.exceptions import StorageFull, StorageUnavailable
from application.idempotency.exceptions import IdempotencyKeyInUse
from domain.exceptions import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Overloaded,
    ProbaError,
    TooLarge,
    TooMany,
    Unauthenticated,
)
from domain.problems.exceptions import RevisionMismatch
from infrastructure.http.api.models import ErrorModel, FieldErrorModel

MEDIA_TYPE = "application/problem+json"

STATUSES: Mapping[type[Exception], int] = {
    NotFound: 404,
    RevisionMismatch: 412,
    Conflict: 409,
    TooLarge: 413,
    Invalid: 422,
    Unauthenticated: 401,
    Forbidden: 403,
    TooMany: 429,
    Overloaded: 503,
    StorageUnavailable: 503,
}
"""The nearest ancestor of an error decides."""

TITLES: Mapping[int, str] = {
    400: "Malformed request",
    401: "Not authenticated",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    408: "Too slow",
    409: "Conflict",
    412: "Changed in the meantime",
    413: "Too large",
    415: "Unsupported media type",
    422: "Invalid values",
    429: "Too many",
    500: "Internal error",
    503: "Not available now",
}

STORAGE_RETRY_SECONDS = 2


def status_of(error: Exception) -> int:
    """500 for what the table does not know."""
    return next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 500)


def error_model(error: Exception) -> ErrorModel:
    """The problem document of an error; one that the table does not know is only called internal."""
    status = status_of(error)
    if isinstance(error, ProbaError):
        errors = error.errors if isinstance(error, Invalid) else ()
        fields = [FieldErrorModel(pointer=_printable(e.pointer), detail=_printable(e.detail)) for e in errors]
        return problem(status, _printable(str(error)), error.code, fields)
    if isinstance(error, StorageFull):
        return problem(status, "the service has no room left; nothing was stored", "storage_full")
    if isinstance(error, StorageUnavailable):
        return problem(status, "the service cannot reach its storage now; try again soon", "storage_unavailable")
    return problem(500, "something went wrong here; the log has it under this X-Request-Id", "internal_error")


def problem(status: int, detail: str, code: str, errors: list[FieldErrorModel] | None = None) -> ErrorModel:
    """A problem document; its ``type`` is the code as a URN, which never changes."""
    return ErrorModel(
        type=f"urn:proba:error:{code}",
        title=TITLES.get(status, "Error"),
        status=status,
        detail=detail,
        code=code,
        errors=errors or [],
    )


def problem_response(model: ErrorModel, headers: Mapping[str, str] | None = None) -> Response:
    """The document as it goes over the wire."""
    body = model.model_dump_json(by_alias=True).encode()
    return Response(body, model.status, headers, MEDIA_TYPE)


def error_headers(error: Exception) -> dict[str, str]:
    """What the status asks for beside the document."""
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": 'Bearer realm="proba"'}
    if isinstance(error, Overloaded | TooMany | IdempotencyKeyInUse):
        return {"Retry-After": str(max(1, error.retry_after_seconds))}
    if isinstance(error, StorageUnavailable):
        return {"Retry-After": str(STORAGE_RETRY_SECONDS)}
    return {}


def _printable(text: str) -> str:
    """Echoed input may hold lone surrogates, which no UTF-8 document can."""
    return text.encode(errors="replace").decode()
