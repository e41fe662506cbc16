from dataclasses import dataclass

from application.submissions.rejudging import Rejudging
from application.submissions.visibility import is_author, may_see, shown
from domain.access.entities import ApiKey
from domain.access.enums import Scope
from domain.submissions.entities import SubmissionId, SubmissionView
from domain.submissions.enums import RevisionChoice
from domain.submissions.exceptions import NotYourSubmission, SubmissionNotFinished, SubmissionNotFound
from domain.submissions.rejudge import RejudgeFilter
from domain.submissions.repositories import SubmissionRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class RejudgeSubmission:
    """Judge one submission again, as a new job."""

    submissions: SubmissionRepository
    rejudging: Rejudging

    async def __call__(
        self, key: ApiKey, submission_id: SubmissionId, revision: RevisionChoice, priority: int | None
    ) -> SubmissionView:
        """With its new job. For the problem's author and for admins; what came with its own tests an author may judge
        again when it is his own.

        Raises SubmissionNotFound, NotYourSubmission, SubmissionNotFinished, Invalid, Overloaded.
        """
        view = await self.submissions.view(submission_id)
        if view is None or not may_see(key, view):
            raise SubmissionNotFound(str(submission_id))
        key.require(Scope.AUTHOR)
        if view.problem is not None and not is_author(key, view):
            raise NotYourSubmission(str(submission_id), "the problem's author and admins may judge it again")
        if not view.job.status.is_final:
            raise SubmissionNotFinished(str(submission_id))
        rejudge = await self.rejudging.begin(key, RejudgeFilter(ids=(submission_id,)), revision, priority)
        view = await self.submissions.view(submission_id)
        if view is None:
            raise SubmissionNotFound(str(submission_id))
        if not rejudge.total:  # another rejudge was quicker
            raise SubmissionNotFinished(str(submission_id))
        view = shown(key, view)
        await self.rejudging.commit(rejudge, view)
        return view
