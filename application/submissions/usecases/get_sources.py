from dataclasses import dataclass

from application.submissions.visibility import may_see
from domain.access.entities import ApiKey
from domain.runs.entities import SourceFile
from domain.submissions.entities import SubmissionId
from domain.submissions.exceptions import SubmissionNotFound
from domain.submissions.repositories import SubmissionRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class GetSources:
    """What was sent, byte for byte."""

    submissions: SubmissionRepository

    async def __call__(self, key: ApiKey, submission_id: SubmissionId) -> tuple[SourceFile, ...]:
        """In the order of sending. Raises SubmissionNotFound."""
        view = await self.submissions.view(submission_id)
        if view is None or not may_see(key, view):
            raise SubmissionNotFound(str(submission_id))
        return await self.submissions.sources(submission_id)
