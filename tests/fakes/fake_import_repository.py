from dataclasses import replace
from datetime import datetime

from domain.access.entities import ApiKeyId
from domain.problems.entities import ImportId, Slug
from domain.problems.enums import ImportStatus
from domain.problems.package_import import PackageImport
from domain.problems.proof import Progress


class FakeImportRepository:
    """A dictionary; whoever claims has it."""

    def __init__(self) -> None:
        self.stored: dict[ImportId, PackageImport] = {}

    async def add(self, package_import: PackageImport) -> None:
        self.stored[package_import.id] = package_import

    async def by_id(self, import_id: ImportId) -> PackageImport | None:
        return self.stored.get(import_id)

    async def save(self, package_import: PackageImport) -> None:
        self.stored[package_import.id] = package_import

    async def claim(self, import_id: ImportId) -> PackageImport | None:
        found = self.stored.get(import_id)
        if found is None or found.status not in (ImportStatus.PENDING, ImportStatus.PROVING):
            return None
        self.stored[import_id] = replace(found, status=ImportStatus.PROVING)
        return self.stored[import_id]

    async def keep(self, import_id: ImportId, progress: Progress | None) -> bool:
        found = self.stored[import_id]
        if found.status is ImportStatus.PROVING:
            self.stored[import_id] = replace(found, progress=progress)
        return found.status is ImportStatus.PROVING

    async def list_waiting(self, limit: int) -> list[ImportId]:
        return [i.id for i in self.stored.values() if i.status is ImportStatus.PENDING][:limit]

    async def last_of(self, slug: Slug, key_id: ApiKeyId | None) -> PackageImport | None:
        found = [i for i in self.stored.values() if i.slug == slug and key_id in (None, i.key_id)]
        return max(found, key=lambda i: i.created_at, default=None)

    async def accepted_as(self, slug: Slug, revision: int) -> PackageImport | None:
        accepted = (i for i in self.stored.values() if i.status is ImportStatus.ACCEPTED)
        return next((i for i in accepted if (i.slug, i.revision) == (slug, revision)), None)

    async def remove_before(self, moment: datetime, most: int) -> int:
        old = [i.id for i in self.stored.values() if i.finished_at is not None and i.finished_at < moment][:most]
        for import_id in old:
            del self.stored[import_id]
        return len(old)
