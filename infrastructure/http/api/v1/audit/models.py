from pydantic import Field

from domain.access.audit import AuditEntryId
from domain.access.entities import ApiKeyId
from infrastructure.http.api.models import CamelBase, Moment


class AuditEntryModel(CamelBase):
    """An administrative act."""

    id: AuditEntryId
    at: Moment
    key: ApiKeyId | None = Field(description="whose act it was; null: the command line")
    key_name: str | None = Field(description="as it was then")
    act: str = Field(examples=["key.create"])
    target: str = Field(description="id or slug of what it was done to")
    details: dict[str, object]
    request_id: str | None = Field(description="the `X-Request-Id` of the request")
    client: str | None = Field(description="the address that the request came from")
