"""What the service remembers of administrative acts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType
from uuid import UUID

from domain.access.entities import ApiKeyId

AuditEntryId = NewType("AuditEntryId", UUID)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who (``key_id`` and the name it had then; None is the command line) did what (``act``: noun and verb, such as
    ``key.create``) to what (``target``: an id or slug), when, in which request and from where. No secret is ever in it.
    """

    id: AuditEntryId
    at: datetime
    key_id: ApiKeyId | None
    key_name: str | None
    act: str
    target: str
    details: Mapping[str, object] = field(default_factory=dict)
    request_id: str | None = None
    client: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """None: any. ``before``: only entries older than this one."""

    act: str | None = None
    key_id: ApiKeyId | None = None
    target: str | None = None
    before: AuditEntryId | None = None
