"""Types of columns."""

import json
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, Enum, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from infrastructure.database.mappers import retort


class JsonOf(TypeDecorator[Any]):
    """A dataclass of the domain, or a tuple of them, as JSONB. Times are whole microseconds in it."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def __init__(self, type_: object) -> None:
        super().__init__()
        self.type_ = type_

    def process_bind_param(self, value: object, dialect: Dialect) -> object:  # noqa: ARG002  # as SQLAlchemy calls it
        """From the domain."""
        return None if value is None else dump_json(value, self.type_)

    def process_result_value(self, value: object, dialect: Dialect) -> object:  # noqa: ARG002  # as SQLAlchemy calls it
        """To the domain."""
        return None if value is None else retort.get_loader(self.type_)(value)  # type: ignore[arg-type]


class EnumSet(TypeDecorator[frozenset[Any]]):
    """A set of one enum's values as a sorted ``text[]``."""

    impl = ARRAY(Text)
    cache_ok = True

    def __init__(self, enum: type[StrEnum]) -> None:
        super().__init__()
        self.enum = enum

    def process_bind_param(self, value: Iterable[StrEnum] | None, dialect: Dialect) -> list[str] | None:  # noqa: ARG002
        """From the domain."""
        return None if value is None else sorted(str(member) for member in value)

    def process_result_value(self, value: Iterable[str] | None, dialect: Dialect) -> frozenset[Any] | None:  # noqa: ARG002
        """To the domain."""
        return None if value is None else frozenset(self.enum(text) for text in value)


def enum_text(enum: type[StrEnum], name: str) -> Enum:
    """The members' values as text, checked by the constraint ``name``: a new member needs no ALTER TYPE."""
    return Enum(
        enum,
        native_enum=False,
        create_constraint=True,
        name=name,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


def dump_json(value: object, type_: object) -> Any:
    """As JSON knows it: lists and dictionaries."""
    return retort.get_dumper(type_)(value)  # type: ignore[arg-type]


def json_text(value: object, type_: object) -> str | None:
    """For a parameter that the statement casts to jsonb."""
    return None if value is None else json.dumps(dump_json(value, type_))
