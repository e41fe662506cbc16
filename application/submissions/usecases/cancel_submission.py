from dataclasses import dataclass

from application.submissions.bell import Announcements, Recalls
from application.submissions.visibility import is_author, may_see, shown
from application.transactions import Transaction
from domain.access.entities import ApiKey
from domain.submissions.entities import SubmissionId, SubmissionView
from domain.submissions.enums import JobStatus
from domain.submissions.exceptions import NotYourSubmission, SubmissionFinished, SubmissionNotFound
from domain.submissions.repositories import SubmissionRepository

REJUDGED = "it is being judged again, which the problem's author may cancel, and admins"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelSubmission:
    """End the judging of a submission, whether it waits or runs; a worker that runs it kills the box."""

    transaction: Transaction
    submissions: SubmissionRepository
    announcements: Announcements
    recalls: Recalls

    async def __call__(self, key: ApiKey, submission_id: SubmissionId) -> SubmissionView:
        """As it stands then: cancelled, also when it was before. Whoever may see it may cancel it; a rejudge of what
        was sent to a problem only the problem's author, or the accepted could keep others from looking again.

        Raises SubmissionNotFound, NotYourSubmission, SubmissionFinished.
        """
        view = await self.submissions.view(submission_id)
        if view is None or not may_see(key, view):
            raise SubmissionNotFound(str(submission_id))
        if not view.job.status.is_final:
            if view.job.rejudge_id is not None and view.problem is not None and not is_author(key, view):
                raise NotYourSubmission(str(submission_id), REJUDGED)
            ended = await self.submissions.cancel(submission_id)
            await self.transaction.commit()
            await self.recalls.recall(ended)
            await self.announcements.announce(submission_id)
            view = await self.submissions.view(submission_id)
            if view is None:
                raise SubmissionNotFound(str(submission_id))
        if view.job.status is JobStatus.FINISHED:
            raise SubmissionFinished(str(submission_id))
        return shown(key, view)
