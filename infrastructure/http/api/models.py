"""Base of all models of the wire, and the shapes that every module uses."""

from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

T = TypeVar("T")


class CamelBase(BaseModel):
    """camelCase outside, snake_case inside; a field that is not known is refused, never ignored."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        extra="forbid",
    )


MOST_FIELDS = 64


class Incoming(CamelBase):
    """A part of a body. The first wrong items are told; a million of them would only cost memory."""

    @model_validator(mode="before")
    @classmethod
    def _few_fields(cls, data: object) -> object:
        if isinstance(data, dict) and len(data) > MOST_FIELDS:
            raise PydanticCustomError("too_many_fields", "has more fields than any object here may have")
        return data


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


Moment = Annotated[
    datetime,
    PlainSerializer(_rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2025-01-31T09:30:00.123456Z"]}),
]
"""RFC 3339 in UTC with microseconds."""

_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


def _storable(moment: datetime) -> datetime:
    if not _FIRST <= moment < _LAST:
        raise ValueError("should lie in the years from 1970 to 9998")
    return moment


GivenMoment = Annotated[AwareDatetime, AfterValidator(_storable)]
"""A moment that a client sends: with a zone, and in every other zone still one that can be stored and told."""

Seconds = Annotated[float, Strict(), Field(ge=0, le=1_000_000, allow_inf_nan=False)]
"""A time that a client sends; the finer range is the problem's rule."""

Size = Annotated[int, Strict(), Field(ge=0, le=2**53)]
"""Bytes or a count that a client sends."""

Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
"""A number that a client sends: never a text, a truth value, NaN or an infinity."""

Flag = Annotated[bool, Strict()]

PlainText = Annotated[str, Field(max_length=2**31 - 1), WithJsonSchema({"type": "string"})]
"""Text without lone surrogates: pydantic looks for them only where there is some constraint."""

SlugText = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", examples=["hello"])]

LanguageText = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[a-z0-9+#._-]+$", examples=["cpp17"])]


class FieldErrorModel(CamelBase):
    """One bad value."""

    pointer: str = Field(description="JSON pointer (RFC 6901) into the body, or the name of a query field or header")
    detail: str


class ErrorModel(CamelBase):
    """A problem document (RFC 9457)."""

    type: str = Field(description="stable URI of the kind of error", examples=["urn:proba:error:problem_not_found"])
    title: str = Field(description="the kind of error, for people", examples=["Not found"])
    status: int = Field(examples=[404])
    detail: str = Field(description="what happened, for people", examples=["no problem 'hello'"])
    code: str = Field(description="stable name of the error, for programs", examples=["problem_not_found"])
    errors: list[FieldErrorModel] = Field(default=[], description="every bad value, where the error is about values")


class Page(CamelBase, Generic[T]):
    """A part of a list."""

    items: list[T]
    next_cursor: str | None = Field(description="send it as ?cursor= to get the next part; null: this is the last")
