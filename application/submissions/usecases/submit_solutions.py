from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from application.access.allowance import Allowance
from application.clock import Clock
from application.idempotency.reply_keeper import ReplyKeeper
from application.ids import new_id
from application.languages.catalogue import LanguageCatalogue
from application.problems.packages import ProblemDraft
from application.problems.revision_builder import RevisionBuilder
from application.submissions.back_pressure import BackPressure
from application.submissions.bell import Bell
from application.submissions.priorities import check_priority
from application.transactions import Transaction
from domain.access.entities import ApiKey
from domain.access.enums import Scope
from domain.exceptions import Invalid, ProbaError
from domain.languages.entities import OUTPUT, LanguageId
from domain.problems.entities import Problem, RevisionId, Slug
from domain.problems.exceptions import ProblemNotFound
from domain.problems.repositories import ProblemRepository
from domain.runs.entities import SourceFile
from domain.submissions.entities import JobId, Submission, SubmissionId, SubmissionView, TestJob
from domain.submissions.enums import JobStatus
from domain.submissions.repositories import SubmissionRepository
from domain.submissions.validation import MetadataRules, SourceRules, check_metadata, check_sources


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubmission:
    """To a stored ``problem``, or with tests of its own in ``draft``: exactly one of them."""

    problem: Slug | None
    draft: ProblemDraft | None
    language: LanguageId
    sources: tuple[SourceFile, ...]
    priority: int = 0
    stop_on_failure: bool = True
    metadata: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitSolutions:
    """Validate, save, commit, ring the bell."""

    transaction: Transaction
    submissions: SubmissionRepository
    problems: ProblemRepository
    catalogue: LanguageCatalogue
    revisions: RevisionBuilder
    back_pressure: BackPressure
    source_rules: SourceRules
    metadata_rules: MetadataRules
    bell: Bell
    clock: Clock
    reply: ReplyKeeper
    allowance: Allowance

    async def __call__(self, key: ApiKey, new: Sequence[NewSubmission]) -> list[SubmissionView | ProbaError]:
        """One answer each, in order: what is wrong with one does not keep out the others.

        Raises MissingScope, or for all of them RateExceeded, QuotaExceeded, Invalid (too many at once), Overloaded.
        """
        key.require(Scope.SUBMIT)
        await self.allowance.submissions(key, len(new))
        await self.back_pressure.check(self.submissions, len(new))
        known: dict[Slug, Problem | None] = {}
        answers: list[SubmissionView | ProbaError] = []
        for one in new:
            try:
                answers.append(await self._accept(key, one, known))
            except ProbaError as error:
                answers.append(error)
        accepted = [a for a in answers if isinstance(a, SubmissionView)]
        if accepted:
            await self.allowance.quota(key, len(accepted))
            await self.submissions.add([a.submission for a in accepted], [a.job.id for a in accepted])
            await self.reply.keep(answers)
            await self.transaction.commit()
            await self.bell.ring_for([a.submission.language for a in accepted])
        return answers

    async def _accept(self, key: ApiKey, new: NewSubmission, known: dict[Slug, Problem | None]) -> SubmissionView:
        if new.language != OUTPUT and new.language not in self.catalogue.ids():
            raise Invalid.field("/language", f"unknown language {new.language!r}; GET /api/v1/languages lists them")
        check_priority(key, new.priority)
        check_sources(new.sources, self.source_rules)
        check_metadata(new.metadata, self.metadata_rules)
        problem = await self._problem(new, known)
        now = self.clock.now()
        submission = Submission(
            id=SubmissionId(new_id()),
            key_id=key.id,
            problem_id=problem.id if problem else None,
            revision_id=await self._revision_id(new, problem),
            language=new.language,
            sources=new.sources,
            priority=new.priority,
            stop_on_failure=new.stop_on_failure,
            metadata=new.metadata,
            created_at=now,
        )
        return SubmissionView(
            submission=submission,
            problem=problem.slug if problem else None,
            problem_owner=problem.owner if problem else None,
            revision=problem.revision if problem else None,
            job=TestJob(
                id=JobId(new_id()),
                submission_id=submission.id,
                number=1,
                status=JobStatus.QUEUED,
                attempt=1,
                created_at=now,
            ),
        )

    async def _problem(self, new: NewSubmission, known: dict[Slug, Problem | None]) -> Problem | None:
        if (new.problem is None) == (new.draft is None):
            raise Invalid.field("/problem", "give either 'problem' or 'tests', not both and not neither")
        if new.problem is None:
            return None
        if new.problem not in known:
            known[new.problem] = await self.problems.by_slug(new.problem)
        problem = known[new.problem]
        if problem is None or problem.archived_at is not None or problem.current is None:
            raise ProblemNotFound(new.problem)
        return problem

    async def _revision_id(self, new: NewSubmission, problem: Problem | None) -> RevisionId:
        if problem is not None and problem.current is not None:
            return problem.current
        assert new.draft is not None  # _problem has seen to it
        revision = await self.revisions.build(new.draft, problem_id=None, number=0)
        await self.problems.add_revision(revision)
        return revision.id
