from dataclasses import dataclass

from domain.access.entities import ApiKey
from domain.access.enums import Scope
from domain.problems.entities import ImportId
from domain.problems.exceptions import ImportNotFound
from domain.problems.package_import import PackageImport
from domain.problems.repositories import ImportRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class GetImport:
    """An import is seen by the key that asked for it, and by admins."""

    imports: ImportRepository

    async def __call__(self, key: ApiKey, import_id: ImportId) -> PackageImport:
        """Raises ImportNotFound."""
        package_import = await self.imports.by_id(import_id)
        if package_import is None or (package_import.key_id != key.id and not key.allows(Scope.ADMIN)):
            raise ImportNotFound(str(import_id))
        return package_import
