"""Pydantic's findings as JSON pointers and sentences."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from infrastructure.http.api.models import FieldErrorModel

MOST_ERRORS = 100
MOST_TEXT = 300
PARTS = ("body", "query", "path", "header", "cookie")

SENTENCES: Mapping[str, str] = {
    "missing": "is required",
    "extra_forbidden": "is not known here; look for a slip of the pen, or a feature that is not built yet",
    "string_unicode": "must be valid Unicode text without lone surrogates",
    "json_invalid": "is not valid JSON",
    "model_attributes_type": "must be an object",
    "model_type": "must be an object",
    "dict_type": "must be an object",
    "list_type": "must be a list",
}


def field_errors(errors: Iterable[Mapping[str, Any]]) -> list[FieldErrorModel]:
    """At most a hundred: a body may have a million wrong values."""
    found: list[FieldErrorModel] = []
    for error in errors:
        found.append(FieldErrorModel(pointer=_pointer(error["loc"]), detail=_sentence(error)))
        if len(found) == MOST_ERRORS:
            break
    return found


def only_about_path(errors: Sequence[Mapping[str, Any]]) -> bool:
    """Whether nothing but the path is wrong: then what it names does not exist."""
    return all(error["loc"] and error["loc"][0] == "path" for error in errors)


def _pointer(location: Sequence[int | str]) -> str:
    where, *rest = location or ("body",)
    if where in PARTS and where != "body":
        return _clean(".".join(str(part) for part in rest))
    parts = rest if where == "body" else location
    return _clean("".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts))


def _sentence(error: Mapping[str, Any]) -> str:
    known = SENTENCES.get(error["type"])
    if known is not None:
        return known
    message = str(error["msg"])
    if "UploadFile" in message:
        return "must be a file"
    return _clean(message[:1].lower() + message[1:])


def _clean(text: str) -> str:
    return text[:MOST_TEXT].encode(errors="replace").decode()
