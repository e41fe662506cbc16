"""The outermost layer: request ids, the access log, and the last word on faults of our own."""

import logging
import re
import time
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from application.access.secrets import mask_secrets
from application.origin import ORIGIN, Origin
from infrastructure.http.api.errors import error_headers, error_model, problem_response, status_of
from infrastructure.metrics.requests import FAULTS, count_request

log = logging.getLogger("proba.http")

HEADER = "X-Request-Id"
CLIENT_CLOSED = 499
"""In log and figures, as nginx has it: whoever asked has gone before there was an answer."""
ACCEPTABLE = re.compile(r"[A-Za-z0-9._:/+=@-]{1,64}")


class RequestLog:
    """Plain ASGI: a layer of Starlette's BaseHTTPMiddleware would cost more than most of our handlers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers 500 for whatever comes up to here, if the answer has not begun."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        client = scope.get("client")
        origin = ORIGIN.set(Origin(request_id, client[0] if client else None))
        begun = time.perf_counter()
        status = 0

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        try:
            await self.app(scope, receive, send_marked)
        except ClientDisconnect:
            status = status or CLIENT_CLOSED
        except Exception as error:
            if status or status_of(error) == 500:
                FAULTS.inc()
            log.exception("request %s failed", request_id, extra={"request_id": request_id})
            if status:
                raise
            await problem_response(error_model(error), error_headers(error))(scope, receive, send_marked)
        finally:
            ORIGIN.reset(origin)
            key = state.get("key")
            took = time.perf_counter() - begun
            took_ms = round(took * 1000, 1)
            count_request(scope["method"], getattr(scope.get("route"), "path", None), status or 500, took)
            log.info(
                "%s %s %d %.1f ms", scope["method"], _loggable(scope["path"]), status, took_ms,
                extra={
                    "request_id": request_id,
                    "method": scope["method"],
                    "path": _loggable(scope["path"]),
                    "status": status,
                    "ms": took_ms,
                    "key_id": str(key.id) if key is not None else None,
                },
            )  # fmt: skip


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get(HEADER, "")
    return given if ACCEPTABLE.fullmatch(given) and mask_secrets(given) == given else uuid4().hex


def _loggable(path: str) -> str:
    """A path with line breaks must not forge a line of the log."""
    return path if path.isprintable() else ascii(path)
