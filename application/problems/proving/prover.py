import platform
from dataclasses import dataclass, replace

from application.judging.submission_judge import SubmissionJudge
from application.problems.complaints import complaints_of
from application.problems.packages import ProblemDraft
from application.problems.proving.input_checker import InputChecker
from application.problems.proving.progress import Report
from application.problems.proving.reference_proof import ReferenceJudging
from application.problems.proving.setter_check import broken_judges
from application.problems.proving.test_maker import TestMaker
from application.problems.revision_builder import RevisionBuilder
from application.sandbox import SandboxPool
from domain.exceptions import Invalid
from domain.problems.entities import Complaint, Revision
from domain.problems.proof import Proof, ReferenceProof, Skipped, TimeLimits

_MOST_COMPLAINTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """``draft`` is complete: tests made, time limit found. ``revision`` is not in the database; None: there is nothing
    that could be judged.
    """

    draft: ProblemDraft
    revision: Revision | None
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Prover:
    """Runs everything that a package says of itself, on the slots of this worker."""

    pool: SandboxPool
    judge: SubmissionJudge
    builder: RevisionBuilder

    async def __call__(self, draft: ProblemDraft, *, progress: Report, thorough: bool = False) -> Proved:
        """``thorough``: submissions are judged even where another check has failed. Raises SandboxFailure, or what the
        storage raises; what is wrong with the package is a complaint.
        """
        complaints = (*draft.complaints, *self._refusals(draft))
        warnings = list(draft.warnings)
        if complaints and not (thorough and draft.tests):
            return self._ended(draft, complaints, warnings)
        await self.builder.store(draft.contents)
        bench = self.judge.bench
        draft, unmade = await TestMaker(pool=self.pool, judge=self.judge, builder=self.builder)(draft, progress)
        complaints += (*unmade, *await broken_judges(draft, self.pool, bench))
        if complaints and not thorough:
            return self._ended(draft, complaints, warnings)
        found, doubts = await InputChecker(pool=self.pool, bench=bench)(draft, progress)
        complaints += found
        warnings += doubts
        whole = tuple(test for test in draft.tests if test.input is not None and test.answer is not None)
        if (complaints and not thorough) or not whole:
            return self._ended(draft, complaints, warnings)
        judging = ReferenceJudging(pool=self.pool, judge=self.judge, builder=self.builder, report=progress)
        shown = await judging(replace(draft, tests=whole))
        failed = (Complaint(proof.message, proof.path) for proof in shown.references if not proof.ok)
        proof = self._proof(
            (*complaints, *failed), (*warnings, *shown.warnings), shown.references, shown.skipped, shown.times
        )
        return Proved(draft=shown.draft, revision=shown.revision, proof=proof)

    def _refusals(self, draft: ProblemDraft) -> tuple[Complaint, ...]:
        try:
            self.builder.check(draft)
        except Invalid as error:
            return complaints_of(error, draft)
        return ()

    def _ended(self, draft: ProblemDraft, complaints: tuple[Complaint, ...], warnings: list[Complaint]) -> Proved:
        """Before any submission was judged."""
        reason = "not judged: the problem itself is not in order"
        skipped = tuple(Skipped(r.program.path, r.skip or reason) for r in draft.material.references)
        limit = draft.limits.cpu_time or draft.material.time_rule.least
        times = TimeLimits(limit=limit, proposed=None, slowest_accepted=None, fastest_slow=None)
        proof = self._proof(complaints, tuple(warnings), (), skipped, times)
        return Proved(draft=draft, revision=None, proof=proof)

    def _proof(
        self,
        complaints: tuple[Complaint, ...],
        warnings: tuple[Complaint, ...],
        references: tuple[ReferenceProof, ...],
        skipped: tuple[Skipped, ...],
        times: TimeLimits,
    ) -> Proof:
        return Proof(
            complaints=complaints[:_MOST_COMPLAINTS],
            warnings=warnings[:_MOST_COMPLAINTS],
            references=references,
            skipped=skipped,
            times=times,
            machine=f"{platform.node()} ({platform.machine()}), {self.pool.slots} slots, {self.pool.isolation}",
        )
