"""What every call of the interface has in common, before its own code sees anything of it."""

from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, get_args, get_origin

from dishka.integrations.fastapi import DishkaRoute
from fastapi import Request, Response
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Form, Query
from starlette.exceptions import HTTPException

from application.access.usecases import AdmitRequest
from domain.exceptions import FieldError, Invalid
from infrastructure.http.api.caller import authenticate
from infrastructure.http.api.idempotency import HEADER, answer_once
from infrastructure.http.api.request_body import LimitedRequest


class ApiRoute(DishkaRoute):
    """Authenticates before the body is read; refuses what is not built in place of ignoring it; bounds the body."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Called by FastAPI once for each place that the route is included in."""
        handle = super().get_route_handler()
        fields = [field for field in get_flat_params(self.dependant) if isinstance(field.field_info, Query)]
        known = frozenset(field.alias for field in fields)
        repeatable = frozenset(field.alias for field in fields if _is_list(field.field_info.annotation))
        form = self.body_field is not None and isinstance(self.body_field.field_info, Form)
        wants_json = self.body_field is not None and not form

        async def handle_strictly(request: Request) -> Response:
            await authenticate(request)
            if request.state.key.request_rate is not None:
                await (await request.state.dishka_container.get(AdmitRequest))(request.state.key)
            _check_query(request, known, repeatable)
            _check_headers(request, wants_json=wants_json)
            limit = request.app.state.max_package_body if form else request.app.state.max_body
            limited = LimitedRequest(request.scope, request.receive, limit)
            if request.method == "POST" and HEADER in request.headers:
                return await answer_once(limited, handle)
            return await handle(limited)

        return handle_strictly


def _is_list(annotation: Any) -> bool:
    return any(get_origin(part) is list for part in (annotation, *get_args(annotation)))


def _check_query(request: Request, known: frozenset[str], repeatable: frozenset[str]) -> None:
    counts = Counter(name for name, _ in request.query_params.multi_items())
    errors = [
        FieldError(name[:100], f"unknown query field; known here: {', '.join(sorted(known)) or 'none'}")
        for name in counts
        if name not in known
    ]
    errors += [
        FieldError(name, "given more than once") for name, n in counts.items() if n > 1 and name in known - repeatable
    ]
    if errors:
        raise Invalid(*errors[:20])


def _check_headers(request: Request, *, wants_json: bool) -> None:
    if wants_json:
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            raise HTTPException(415, "send the body as 'Content-Type: application/json'")
