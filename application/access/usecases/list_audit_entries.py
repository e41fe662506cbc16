from dataclasses import dataclass

from domain.access.audit import AuditEntry, AuditFilter
from domain.access.entities import ApiKey
from domain.access.enums import Scope
from domain.access.repositories import AuditRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAuditEntries:
    """Who has done what."""

    entries: AuditRepository

    async def __call__(self, key: ApiKey, filter_: AuditFilter, limit: int) -> list[AuditEntry]:
        """Newest first. Raises MissingScope."""
        key.require(Scope.ADMIN)
        return await self.entries.list_page(filter_, limit)
