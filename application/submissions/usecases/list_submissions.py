from dataclasses import dataclass

from application.submissions.visibility import restrict
from domain.access.entities import ApiKey
from domain.submissions.dtos import SubmissionFilter
from domain.submissions.entities import SubmissionView
from domain.submissions.repositories import SubmissionRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSubmissions:
    """Those that the key may see."""

    submissions: SubmissionRepository

    async def __call__(self, key: ApiKey, filter_: SubmissionFilter, limit: int) -> list[SubmissionView]:
        """Newest first, without tests."""
        return await self.submissions.list_page(restrict(key, filter_), limit)
