from dataclasses import dataclass

from domain.access.entities import ApiKey
from domain.access.enums import Scope
from domain.problems.entities import Slug
from domain.problems.exceptions import ImportNotFound
from domain.problems.package_import import PackageImport
from domain.problems.repositories import ImportRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class GetLastImport:
    """The newest import for a slug that the key may see: its own, and for admins anybody's."""

    imports: ImportRepository

    async def __call__(self, key: ApiKey, slug: Slug) -> PackageImport:
        """Raises ImportNotFound."""
        found = await self.imports.last_of(slug, None if key.allows(Scope.ADMIN) else key.id)
        if found is None:
            raise ImportNotFound(slug)
        return found
