from collections.abc import Sequence
from dataclasses import dataclass

from application.submissions.visibility import may_see_rejudge
from domain.access.entities import ApiKey
from domain.submissions.entities import RejudgeId, SubmissionId
from domain.submissions.exceptions import RejudgeNotFound
from domain.submissions.rejudge import Rejudge, RejudgeProgress, VerdictChange
from domain.submissions.repositories import RejudgeRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class GetRejudge:
    """How a rejudge stands, and what it has changed until now."""

    rejudges: RejudgeRepository

    async def __call__(
        self, key: ApiKey, rejudge_id: RejudgeId, limit: int, after: SubmissionId | None
    ) -> tuple[Rejudge, RejudgeProgress, Sequence[VerdictChange]]:
        """For the key that asked for it, and for admins. Raises RejudgeNotFound."""
        rejudge = await self.rejudges.by_id(rejudge_id)
        if rejudge is None or not may_see_rejudge(key, rejudge):
            raise RejudgeNotFound(str(rejudge_id))
        (progress,) = await self.rejudges.progress([rejudge_id])
        return rejudge, progress, await self.rejudges.changes(rejudge_id, limit, after)
