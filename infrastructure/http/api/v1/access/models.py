from typing import Annotated, Any

from pydantic import ConfigDict, Field, Strict

from domain.access.entities import ApiKeyId
from domain.access.enums import Scope
from domain.access.rates import Period
from infrastructure.http.api.models import CamelBase, GivenMoment, Incoming, Moment, PlainText

Count = Annotated[int, Strict(), Field(ge=0, le=2**31 - 1)]
Priority = Annotated[int, Strict(), Field(ge=0, le=2**31 - 1)]


class RateModel(Incoming):
    """So many in each period on the average."""

    limit: Count = Field(examples=[60])
    per: Period
    burst: Count | None = Field(default=None, description="so many at once after a rest; null: as many as `limit`")


RequestRate = Annotated[RateModel | None, Field(description="how fast it may send requests; null: no limit")]
SubmissionRate = Annotated[
    RateModel | None, Field(description="how fast it may send submissions, each of a batch counted; null: no limit")
]
DailyQuota = Annotated[Count | None, Field(description="submissions in a day of UTC; null: no limit")]


class NewKeyModel(Incoming):
    """A key to be made."""

    name: PlainText = Field(examples=["course 101"])
    scopes: Annotated[list[Scope], Field(max_length=16)] = Field(examples=[["submit"]])
    max_priority: Priority = Field(default=0, description="the highest priority it may give a submission")
    expires_at: GivenMoment | None = Field(default=None, description="null: never")
    request_rate: RequestRate = None
    submission_rate: SubmissionRate = None
    daily_quota: DailyQuota = None


def _without_defaults(schema: dict[str, Any]) -> None:
    for field in schema["properties"].values():
        field.pop("default", None)


class KeyChangesModel(Incoming):
    """What is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    name: PlainText = Field(default="", examples=["course 101"])
    max_priority: Priority = Field(default=0, description="the highest priority it may give a submission")
    expires_at: GivenMoment | None = Field(default=None, description="null: never")
    request_rate: RequestRate = None
    submission_rate: SubmissionRate = None
    daily_quota: DailyQuota = None


class KeyModel(CamelBase):
    """A key, without its secret."""

    id: ApiKeyId
    name: str
    scopes: list[Scope]
    max_priority: int
    created_at: Moment
    expires_at: Moment | None
    revoked_at: Moment | None
    request_rate: RateModel | None
    submission_rate: RateModel | None
    daily_quota: int | None
    last_used_at: Moment | None = Field(description="told within a minute; null: never")


class ShownKeyModel(KeyModel):
    """One key."""

    submissions_today: int | None = Field(description="counted against the quota; null: there is none")


class CreatedKeyModel(KeyModel):
    """A new key with its secret."""

    secret: str = Field(description="shown this once; only its digest is stored", examples=["proba_…"])
