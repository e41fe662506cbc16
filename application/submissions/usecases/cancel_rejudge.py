from dataclasses import dataclass

from application.audit_log import AuditLog
from application.submissions.visibility import may_see_rejudge
from application.transactions import Transaction
from domain.access.entities import ApiKey
from domain.submissions.entities import RejudgeId
from domain.submissions.exceptions import RejudgeNotFound
from domain.submissions.rejudge import Rejudge, RejudgeProgress
from domain.submissions.repositories import RejudgeRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRejudge:
    """Take back what of a rejudge has not begun; what runs goes on to its end."""

    transaction: Transaction
    rejudges: RejudgeRepository
    audit: AuditLog

    async def __call__(self, key: ApiKey, rejudge_id: RejudgeId) -> tuple[Rejudge, RejudgeProgress]:
        """As it stands then, also when nothing was left to take back. For the key that asked for it, and for admins.

        Raises RejudgeNotFound.
        """
        rejudge = await self.rejudges.by_id(rejudge_id)
        if rejudge is None or not may_see_rejudge(key, rejudge):
            raise RejudgeNotFound(str(rejudge_id))
        withdrawn = await self.rejudges.withdraw(rejudge_id)
        if withdrawn:
            await self.audit.note(key, "rejudge.cancel", rejudge_id, withdrawn=withdrawn)
            await self.transaction.commit()
        (progress,) = await self.rejudges.progress([rejudge_id])
        return rejudge, progress
