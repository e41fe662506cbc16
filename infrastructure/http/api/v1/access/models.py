from typing import Annotated

from pydantic import AwareDatetime, Field, Strict

from domain.access.entities import ApiKeyId
from domain.access.enums import Scope
from infrastructure.http.api.models import CamelBase, Incoming, Moment, PlainText


class NewKeyModel(Incoming):
    """A key to be made."""

    name: PlainText = Field(examples=["course 101"])
    scopes: Annotated[list[Scope], Field(max_length=16)] = Field(examples=[["submit"]])
    max_priority: Annotated[int, Strict()] = Field(
        default=0, description="the highest priority it may give a submission", ge=0, le=2**31 - 1
    )
    expires_at: AwareDatetime | None = Field(default=None, description="null: never")


class KeyModel(CamelBase):
    """A key, without its secret."""

    id: ApiKeyId
    name: str
    scopes: list[Scope]
    max_priority: int
    created_at: Moment
    expires_at: Moment | None
    revoked_at: Moment | None


class CreatedKeyModel(KeyModel):
    """A new key with its secret."""

    secret: str = Field(description="shown this once; only its digest is stored", examples=["proba_…"])
