from dataclasses import dataclass

from domain.access.entities import ApiKey
from domain.access.enums import Scope
from domain.submissions.entities import RejudgeId
from domain.submissions.rejudge import Rejudge, RejudgeProgress
from domain.submissions.repositories import RejudgeRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRejudges:
    """Rejudges that this key has asked for; for admins all."""

    rejudges: RejudgeRepository

    async def __call__(
        self, key: ApiKey, limit: int, before: RejudgeId | None
    ) -> list[tuple[Rejudge, RejudgeProgress]]:
        """Newest first."""
        found = await self.rejudges.list_page(None if key.allows(Scope.ADMIN) else key.id, limit, before)
        return list(zip(found, await self.rejudges.progress([one.id for one in found]), strict=True))
