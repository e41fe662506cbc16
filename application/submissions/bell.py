"""Gateways between server and worker: they only wake; the database is the truth."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from domain.languages.entities import LanguageId
from domain.problems.entities import ImportId
from domain.submissions.entities import JobId, SubmissionId


class Bell(Protocol):
    """Wakes workers. It may ring twice or not at all; it never raises."""

    async def ring(self, times: int = 1) -> None:
        """New jobs wait, in any languages."""

    async def ring_for(self, languages: Sequence[LanguageId]) -> None:
        """New jobs wait, one in each of ``languages``: only workers that have them are woken."""

    async def ring_import(self, import_id: ImportId) -> None:
        """A package waits to be imported."""


class Announcements(Protocol):
    """Tells waiting clients that a submission has changed. May be lost: whoever waits also looks by himself."""

    async def announce(self, submission_id: SubmissionId) -> None:
        """The submission's newest job is final; never raises."""

    def listen(self, submission_id: SubmissionId) -> AbstractAsyncContextManager["Listening"]:
        """Hear of one submission from entry on."""


class Recalls(Protocol):
    """Tells workers that jobs which some of them may hold are no longer theirs. May be lost: the heartbeat finds it
    too.
    """

    async def recall(self, job_ids: Sequence[JobId]) -> None:
        """Returns at once; never raises."""

    def recalled(self) -> AsyncIterator[Sequence[JobId]]:
        """What is told from now on, for as long as it is asked for; an outage is waited out."""


class Listening(Protocol):
    """One waiter."""

    async def wait(self, seconds: float) -> bool:
        """Whether it was announced within the time. Returns False earlier (at least 0.1 s) when announcements are
        broken.
        """
