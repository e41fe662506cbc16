"""What the limited process writes for ``draft_json`` to load. Without any library: the process is started for every
package, and importing one would take longer than reading most packages.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import timedelta
from typing import Any

from application.problems.packages import ProblemDraft
from domain.problems.entities import Complaint
from infrastructure.packages.numbered_content import NumberedContent

_MICROSECOND = timedelta(microseconds=1)


def dump_draft(draft: ProblemDraft) -> dict[str, Any]:
    """As JSON has it; contents become their number and size."""
    document = {field.name: _plain(getattr(draft, field.name)) for field in fields(draft) if field.name != "contents"}
    contents = {}
    for digest, content in draft.contents.items():
        assert isinstance(content, NumberedContent)
        contents[digest.hex()] = (content.number, content.size)
    return document | {"contents": contents}


def dump_complaints(complaints: tuple[Complaint, ...]) -> list[list[Any]]:
    """As JSON has it."""
    return [[c.message, c.file, c.line] for c in complaints]


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | float() | str():  # also an enum of texts
            return value
        case bytes():
            return b64encode(value).decode()
        case timedelta():
            return value // _MICROSECOND
        case Mapping():
            return {key: _plain(inner) for key, inner in value.items()}
        case tuple() | list() | frozenset():
            return [_plain(inner) for inner in value]
    assert is_dataclass(value)
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
