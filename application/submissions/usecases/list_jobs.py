from dataclasses import dataclass

from application.submissions.visibility import may_see
from domain.access.entities import ApiKey
from domain.submissions.entities import SubmissionId, SubmissionView
from domain.submissions.exceptions import SubmissionNotFound
from domain.submissions.repositories import SubmissionRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class ListJobs:
    """Every judging of a submission."""

    submissions: SubmissionRepository

    async def __call__(self, key: ApiKey, submission_id: SubmissionId) -> list[SubmissionView]:
        """Oldest first, without tests. Raises SubmissionNotFound."""
        views = await self.submissions.jobs(submission_id)
        if not views or not may_see(key, views[0]):
            raise SubmissionNotFound(str(submission_id))
        return views
