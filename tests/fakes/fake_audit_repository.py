from datetime import datetime

from domain.access.audit import AuditEntry, AuditFilter


class FakeAuditRepository:
    """``domain.access.repositories.AuditRepository`` in memory; it does not filter."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []

    async def add(self, entry: AuditEntry) -> None:
        """At once, without any transaction."""
        self.entries.append(entry)

    async def list_page(self, filter_: AuditFilter, limit: int) -> list[AuditEntry]:  # noqa: ARG002  # the interface
        """Newest first."""
        return self.entries[::-1][:limit]

    async def remove_before(self, moment: datetime, most: int) -> int:
        """At once, without any transaction."""
        old = [entry for entry in self.entries if entry.at < moment][:most]
        self.entries = [entry for entry in self.entries if entry not in old]
        return len(old)
