"""Refuses new submissions while too many wait."""

import time
from dataclasses import dataclass

from application.submissions.policy import SubmissionPolicy
from domain.exceptions import Invalid, Overloaded
from domain.submissions.repositories import SubmissionRepository

LOOK_EVERY_SECONDS = 1.0


@dataclass(slots=True)
class BackPressure:
    """Shared by the requests of a server process: the backlog is counted once a second at most, not for each."""

    policy: SubmissionPolicy
    _backlog: int = 0
    _looked_at: float = float("-inf")

    async def check(self, submissions: SubmissionRepository, coming: int) -> None:
        """Raises Overloaded when ``coming`` more would pass the backlog, Invalid when they alone would."""
        most = self.policy.max_backlog
        if coming > max(most, 1):
            raise Invalid.field("", f"these are {coming} submissions, and at most {most} may wait; take fewer at once")
        now = time.monotonic()
        if now - self._looked_at >= LOOK_EVERY_SECONDS:
            self._looked_at = now
            self._backlog = await submissions.backlog()
        if self._backlog + coming > most:
            raise Overloaded(
                f"{self._backlog} submissions wait already and at most {most} may; try again later",
                int(self.policy.retry_after.total_seconds()),
            )
        self._backlog += coming
