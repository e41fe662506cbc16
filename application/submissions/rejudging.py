from collections.abc import Sequence
from dataclasses import dataclass

from application.audit_log import AuditLog
from application.clock import Clock
from application.idempotency.reply_keeper import ReplyKeeper
from application.ids import new_id
from application.submissions.back_pressure import BackPressure
from application.submissions.bell import Bell
from application.submissions.priorities import REJUDGE_PRIORITY, check_priority
from application.transactions import Transaction
from domain.access.entities import ApiKey
from domain.exceptions import Invalid
from domain.submissions.entities import JobId, RejudgeId, SubmissionId
from domain.submissions.enums import RevisionChoice
from domain.submissions.rejudge import Rejudge, RejudgeFilter
from domain.submissions.repositories import RejudgeRepository, SubmissionRepository

MOST_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudging:
    """New jobs for what was judged before: find, lock, queue, note, commit, ring."""

    transaction: Transaction
    submissions: SubmissionRepository
    rejudges: RejudgeRepository
    back_pressure: BackPressure
    audit: AuditLog
    bell: Bell
    reply: ReplyKeeper
    clock: Clock

    async def begin(
        self, key: ApiKey, filter_: RejudgeFilter, revision: RevisionChoice, priority: int | None
    ) -> Rejudge:
        """Before the commit. ``priority`` None: below what is sent in. It is the key's own share of the workers that is
        used.

        Raises Invalid, Overloaded.
        """
        if priority is None:
            priority = min(REJUDGE_PRIORITY, key.max_priority)
        check_priority(key, priority)
        found = await self.rejudges.candidates(filter_, MOST_AT_ONCE + 1)
        if len(found) > MOST_AT_ONCE:
            raise Invalid.field(
                "", f"these are more than {MOST_AT_ONCE} submissions; take fewer at once, by 'from' and 'to'"
            )
        await self.back_pressure.check(self.submissions, len(found))
        rejudge = Rejudge(
            id=RejudgeId(new_id()),
            key_id=key.id,
            filter=filter_,
            revision=revision,
            priority=priority,
            created_at=self.clock.now(),
        )
        rejudge = await self.rejudges.start(rejudge, found, _new_jobs(found))
        await self.audit.note(key, "rejudge.create", rejudge.id, total=rejudge.total, revision=str(revision))
        return rejudge

    async def commit(self, rejudge: Rejudge, result: object) -> None:
        """What was begun is true from here on; ``result`` is what the use case answers."""
        await self.reply.keep(result)
        await self.transaction.commit()
        await self.bell.ring(rejudge.total)


def _new_jobs(submissions: Sequence[SubmissionId]) -> list[JobId]:
    return [JobId(new_id()) for _ in submissions]
