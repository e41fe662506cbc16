from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from domain.access.entities import ApiKeyId
from domain.languages.entities import LanguageId
from domain.runs.entities import SourceFile
from domain.submissions.dtos import HeldJob, SubmissionFilter
from domain.submissions.entities import JobId, RejudgeId, Submission, SubmissionId, SubmissionView, TestResult
from domain.submissions.rejudge import Rejudge, RejudgeFilter, RejudgeProgress, VerdictChange
from domain.workers.entities import WorkerId


class SubmissionRepository(Protocol):
    """Submissions as clients see them."""

    async def remove_before(self, moment: datetime, most: int) -> int:
        """Forget submissions that were made before, with jobs, results and tests of their own, the oldest first; those
        in the queue stay. How many were.
        """

    async def held_by(self, workers: Collection[WorkerId]) -> Sequence[HeldJob]:
        """What these workers judge now, oldest claim first."""

    async def add(self, submissions: Sequence[Submission], job_ids: Sequence[JobId]) -> None:
        """Store submissions, each with its first job, queued. The queue's virtual start is set as fairness asks."""

    async def view(self, submission_id: SubmissionId, number: int | None = None) -> SubmissionView | None:
        """With its newest job (or that ``number``) and the job's tests; None when there is no such submission or
        job.
        """

    async def jobs(self, submission_id: SubmissionId) -> list[SubmissionView]:
        """Every job, oldest first, without tests."""

    async def sources(self, submission_id: SubmissionId) -> tuple[SourceFile, ...]:
        """What was sent, in its order."""

    async def list_page(self, filter_: SubmissionFilter, limit: int) -> list[SubmissionView]:
        """Newest first, without tests."""

    async def cancel(self, submission_id: SubmissionId) -> Sequence[JobId]:
        """End the judging of its jobs that wait or run, without a verdict; what was recorded of their tests stays.
        Answers the jobs that this has ended; a worker's hold on them is lost.
        """

    async def remove(self, submission_id: SubmissionId) -> Sequence[JobId] | None:
        """The submission with its sources, jobs and results. Answers the jobs that waited or ran; None when it was
        gone.
        """

    async def tests(self, job_id: JobId) -> tuple[TestResult, ...]:
        """Those recorded so far, by index."""

    async def backlog(self) -> int:
        """How many jobs wait or run."""

    async def queued_languages(self) -> list[LanguageId]:
        """Languages of the jobs that wait."""


class RejudgeRepository(Protocol):
    """Rejudges and what became of them."""

    async def candidates(self, filter_: RejudgeFilter, limit: int) -> Sequence[SubmissionId]:
        """What is to be judged again, oldest first, at most ``limit``; locked until the transaction ends."""

    async def start(self, rejudge: Rejudge, submissions: Sequence[SubmissionId], job_ids: Sequence[JobId]) -> Rejudge:
        """Give each of these (locked by ``candidates``) a new job, which waits as one of the rejudge's key; those that
        are being judged are skipped. Answers it with its numbers.
        """

    async def withdraw(self, rejudge_id: RejudgeId) -> int:
        """Forget its jobs that no worker has begun, as if they had never been asked for: their submissions show what
        they did before. How many.
        """

    async def by_id(self, rejudge_id: RejudgeId) -> Rejudge | None:
        """The rejudge."""

    async def list_page(self, key_id: ApiKeyId | None, limit: int, before: RejudgeId | None) -> list[Rejudge]:
        """Newest first; of this key, or (None) of all."""

    async def progress(self, rejudge_ids: Sequence[RejudgeId]) -> Sequence[RejudgeProgress]:
        """How each of them stands, in their order."""

    async def changes(self, rejudge_id: RejudgeId, limit: int, after: SubmissionId | None) -> list[VerdictChange]:
        """By the submissions' age, after ``after``."""
