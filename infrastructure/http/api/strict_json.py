"""JSON as RFC 8259 has it: UTF-8, finite numbers, bounded nesting."""

import json
from typing import Any, NoReturn

from pydantic_core import from_json


class MalformedJson(Exception):
    """The body is no JSON; the message says where."""


def parse(body: bytes) -> Any:
    """Raises MalformedJson.

    Texts with lone surrogates are let through, so that the model can name the field that holds one.
    """
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        if b"\\ud" in body.lower():
            return _parse_with_surrogates(body)
        raise MalformedJson(_position(body, str(error))) from None


def _parse_with_surrogates(body: bytes) -> Any:
    try:
        return json.loads(body.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise MalformedJson(str(error)) from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")


def _position(body: bytes, message: str) -> str:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        return f"not valid UTF-8 at byte {error.start}"
    return message
