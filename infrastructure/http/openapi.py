"""The OpenAPI document: FastAPI's, with what the route class does beside it: keys, and errors as problem documents."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from infrastructure.http.api.idempotency import PARAMETER
from infrastructure.http.api.models import ErrorModel
from infrastructure.http.api.responses import errors

DESCRIPTION = """\
Compiles and runs programs in a sandbox and judges them against tests.

JSON in camelCase; times are RFC 3339 in UTC, durations are seconds, sizes are bytes. Errors are problem documents
(RFC 9457). Send `Authorization: Bearer <key>` with every call. What is not known is refused, never ignored.
"""

SCHEME = "apiKey"
BEARER = {"type": "http", "scheme": "bearer", "description": "An API key: `Authorization: Bearer proba_…`"}


def complete(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """A replacement of ``app.openapi``, made once."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = plain()
            _, definitions = models_json_schema(
                [(ErrorModel, "serialization")], ref_template="#/components/schemas/{model}"
            )
            components = document.setdefault("components", {})
            components.setdefault("schemas", {}).update(definitions["$defs"])
            components["securitySchemes"] = {SCHEME: BEARER}
            conflict = {"409": errors(409)[409]}
            for path, operations in document["paths"].items():
                for operation in operations.values() if path.startswith("/api/") else ():
                    operation["security"] = [{SCHEME: []}]
                if path.startswith("/api/") and (post := operations.get("post")) is not None:
                    post["parameters"] = [*post.get("parameters", []), PARAMETER]
                    post["responses"] = dict(sorted({**conflict, **post["responses"]}.items()))
            app.openapi_schema = document
        return app.openapi_schema

    return openapi
