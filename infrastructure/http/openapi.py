"""The OpenAPI document: FastAPI's, with the problem document that every error is."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from infrastructure.http.api.models import ErrorModel

DESCRIPTION = """\
Compiles and runs programs in a sandbox and judges them against tests.

JSON in camelCase; times are RFC 3339 in UTC, durations are seconds, sizes are bytes. Errors are problem documents
(RFC 9457). Send `Authorization: Bearer <key>` with every call. What is not known is refused, never ignored.
"""


def with_errors(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """A replacement of ``app.openapi``, made once."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = plain()
            _, definitions = models_json_schema(
                [(ErrorModel, "serialization")], ref_template="#/components/schemas/{model}"
            )
            document.setdefault("components", {}).setdefault("schemas", {}).update(definitions["$defs"])
            app.openapi_schema = document
        return app.openapi_schema

    return openapi
