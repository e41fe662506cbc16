from dataclasses import dataclass

from application.audit_log import AuditLog
from application.submissions.bell import Announcements, Recalls
from application.submissions.visibility import may_see
from application.transactions import Transaction
from domain.access.entities import ApiKey
from domain.access.enums import Scope
from domain.submissions.entities import SubmissionId
from domain.submissions.exceptions import NotYourSubmission, SubmissionNotFound
from domain.submissions.repositories import SubmissionRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteSubmission:
    """Forget a submission with its sources, jobs and results; one that is being judged is cancelled by it."""

    transaction: Transaction
    submissions: SubmissionRepository
    announcements: Announcements
    recalls: Recalls
    audit: AuditLog

    async def __call__(self, key: ApiKey, submission_id: SubmissionId) -> None:
        """For the key that sent it in, and for admins. Raises SubmissionNotFound, NotYourSubmission."""
        view = await self.submissions.view(submission_id)
        if view is None or not may_see(key, view):
            raise SubmissionNotFound(str(submission_id))
        if view.submission.key_id != key.id and not key.allows(Scope.ADMIN):
            raise NotYourSubmission(str(submission_id), "it may be deleted by the key that sent it in, and by admins")
        ended = await self.submissions.remove(submission_id)
        if ended is None:  # another request was quicker
            raise SubmissionNotFound(str(submission_id))
        await self.audit.note(key, "submission.delete", submission_id, sentBy=str(view.submission.key_id))
        await self.transaction.commit()
        await self.recalls.recall(ended)
        await self.announcements.announce(submission_id)
