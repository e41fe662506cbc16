"""What can go wrong with a call, for its documentation."""

from typing import Any

from infrastructure.http.api.errors import MEDIA_TYPE, TITLES
from infrastructure.http.api.models import ErrorModel

REASONS = {
    400: "The body is not valid JSON (or not valid multipart).",
    401: "No API key, or one that is unknown, revoked or expired.",
    403: "The key lacks the scope, or asks for more than it may.",
    404: "There is no such thing, or this key may not know of it.",
    408: "The body came too slowly.",
    409: "The request contradicts what is stored; or its `Idempotency-Key` is another request's, or in work.",
    412: "`If-Match` names another revision than the one in force.",
    413: "The body, or a part of it, is larger than the service allows.",
    415: "The body is not of the media type that is read here.",
    422: "Values break a rule; `errors` has a JSON pointer for each. Unknown fields and query fields are such, too.",
    429: "The key sends faster than it may, or its daily quota is used up; `Retry-After` says when to try again.",
    500: "A fault of the service; the log has it under the `X-Request-Id`.",
    503: "The service cannot take this now; `Retry-After` says when to try again.",
}

RETRY_AFTER = {"Retry-After": {"description": "seconds", "schema": {"type": "integer"}}}
HEADERS = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    429: RETRY_AFTER,
    503: RETRY_AFTER,
}

ALWAYS = (401, 422, 429, 500, 503)
BODY = (400, 408, 413, 415)


def errors(*statuses: int, authenticated: bool = True) -> dict[int | str, dict[str, Any]]:
    """For the ``responses`` of a route: these and the ones that every call may give."""
    always = ALWAYS if authenticated else (500,)
    return {
        status: {
            "description": f"{TITLES[status]}. {REASONS[status]}",
            **({"headers": HEADERS[status]} if status in HEADERS else {}),
            "content": {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{ErrorModel.__name__}"}}},
        }
        for status in sorted({*statuses, *always})
    }
