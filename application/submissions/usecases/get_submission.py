import asyncio
from dataclasses import dataclass
from datetime import timedelta

from application.submissions.bell import Announcements
from application.submissions.policy import SubmissionPolicy
from application.submissions.visibility import may_see, shown
from application.transactions import Transaction
from domain.access.entities import ApiKey
from domain.submissions.entities import SubmissionId, SubmissionView
from domain.submissions.exceptions import JobNotFound, SubmissionNotFound
from domain.submissions.repositories import SubmissionRepository

LOOK_EVERY = timedelta(seconds=1)
"""Announcements may be lost, so that whoever waits looks by himself too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GetSubmission:
    """A submission with its newest job, or the job of a number, and the tests recorded so far."""

    transaction: Transaction
    submissions: SubmissionRepository
    announcements: Announcements
    policy: SubmissionPolicy

    async def __call__(
        self,
        key: ApiKey,
        submission_id: SubmissionId,
        number: int | None = None,
        wait: timedelta = timedelta(0),
    ) -> SubmissionView:
        """With ``wait``, answers when the job is final or the time is over. Raises SubmissionNotFound, JobNotFound."""
        if not wait:
            return await self._look(key, submission_id, number)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + min(wait, self.policy.max_wait).total_seconds()
        async with self.announcements.listen(submission_id) as listening:
            while True:
                view = await self._look(key, submission_id, number)
                left = deadline - loop.time()
                if view.job.status.is_final or left <= 0:
                    return view
                await self.transaction.rollback()  # hold no connection while waiting
                await listening.wait(min(left, LOOK_EVERY.total_seconds()))

    async def _look(self, key: ApiKey, submission_id: SubmissionId, number: int | None) -> SubmissionView:
        view = await self.submissions.view(submission_id, number)
        if view is None and number is not None:
            newest = await self.submissions.view(submission_id)
            if newest is not None and may_see(key, newest):
                raise JobNotFound(str(number))
        if view is None or not may_see(key, view):
            raise SubmissionNotFound(str(submission_id))
        return shown(key, view)
