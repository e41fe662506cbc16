from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from application.judging.exceptions import SetterProgramBroken
from application.judging.submission_judge import SubmissionJudge
from application.problems.complaints import complaints_of
from application.problems.packages import ProblemDraft
from application.problems.proving.input_checker import InputChecker
from application.problems.proving.progress import Progress, Report
from application.problems.proving.reference_judge import ReferenceJudge, Trial, must_be_slow, proof_of
from application.problems.proving.slots import on_slots
from application.problems.proving.test_maker import TestMaker
from application.problems.revision_builder import RevisionBuilder
from application.sandbox import Sandbox, SandboxPool
from domain.exceptions import Invalid
from domain.languages.entities import OUTPUT, LanguageId
from domain.problems.entities import Complaint, Revision
from domain.problems.material import ReferenceSubmission
from domain.problems.proof import Proof, ReferenceProof, Skipped, TimeLimits, limit_from
from domain.submissions.limits import DEFAULT_CPU_TIME
from domain.verdicts import Verdict

GENEROUS = timedelta(seconds=20)
"""The limit of accepted submissions whose times are to give the problem's."""
_MOST_COMPLAINTS = 200
_FASTER: Mapping[LanguageId, LanguageId] = {LanguageId("python3"): LanguageId("pypy3")}
"""Kattis, DOMjudge and ICPC contests run what packages call Python by PyPy; DMOJ and CMS by CPython."""


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
        try:
            self.builder.check(draft)
            refused: tuple[Complaint, ...] = ()
        except Invalid as error:
            refused = complaints_of(error, draft)
        if refused and not (thorough and draft.tests):
            return Proved(
                draft=draft, revision=None, proof=_proof(refused, [*draft.warnings], (), (), _no_times(draft))
            )
        await self.builder.store(draft.contents)
        bench = self.judge.bench
        make = TestMaker(pool=self.pool, judge=self.judge, blobs=bench.blobs)
        draft, unmade = await make(draft, progress)
        complaints = (*refused, *unmade)
        warnings = list(draft.warnings)
        found, doubts = await InputChecker(pool=self.pool, bench=bench)(draft, progress)
        warnings += doubts
        whole = [test for test in draft.tests if test.input is not None and test.answer is not None]
        complaints += found
        if (complaints and not thorough) or (draft.tests and not whole):
            return Proved(draft=draft, revision=None, proof=_proof(complaints, warnings, (), (), _no_times(draft)))
        return await _References(self, replace(draft, tests=tuple(whole)), progress).proved(complaints, warnings)


class _References:
    """The part of a proof that the reference submissions give."""

    def __init__(self, prover: Prover, draft: ProblemDraft, progress: Report) -> None:
        self._prover = prover
        self._draft = draft
        self._progress = progress
        self._judge = ReferenceJudge(judge=prover.judge)
        self._done = 0
        self._skipped: list[Skipped] = []
        self._to_judge: list[tuple[ReferenceSubmission, LanguageId]] = []
        available = prover.judge.bench.toolchains.available()
        for reference in draft.material.references:
            language = reference.program.language
            if draft.setup.output_only and not reference.skip:
                language = OUTPUT
            if reference.skip:
                self._skipped.append(Skipped(reference.program.path, reference.skip))
            elif language is None or (language != OUTPUT and language not in available):
                reason = f"its language ({language or 'unknown'}) is not on this machine"
                self._skipped.append(Skipped(reference.program.path, reason))
            else:
                self._to_judge.append((reference, language))

    async def proved(self, complaints: tuple[Complaint, ...], warnings: list[Complaint]) -> Proved:
        """Judge all of them, the right ones first where they set the limit."""
        draft, rule = self._draft, self._draft.material.time_rule
        explicit = draft.limits.cpu_time
        trials: list[Trial] = []
        if explicit is None and self._sets_limit():
            generous = self._revision(draft, max(GENEROUS, rule.least))
            trials, broken = await self._run(generous, self._sets_limit())
            if broken:
                return self._refused(broken, complaints, warnings, generous)
        slowest = _slowest(trials)
        limit = explicit or (limit_from(rule, slowest) if slowest else max(rule.least, DEFAULT_CPU_TIME))
        draft = replace(draft, limits=replace(draft.limits, cpu_time=limit))
        margin = max(rule.margin, 1.0)
        wide = self._revision(draft, limit * margin)
        revision = self._revision(draft, limit)
        known = {id(trial.reference) for trial in trials if trial.result.verdict is Verdict.AC}
        rest = [item for item in self._to_judge if id(item[0]) not in known]
        others, broken = await self._run(wide, rest)
        if broken:
            return self._refused(broken, complaints, warnings, revision)
        all_trials = [t for t in trials if id(t.reference) in known] + others
        proofs = self._proofs(all_trials, revision, limit, has_margin=margin > 1.0)
        all_trials, proofs = await self._again(all_trials, proofs, wide, revision, limit, has_margin=margin > 1.0)
        times = TimeLimits(
            limit=limit,
            proposed=limit_from(rule, slowest) if (slowest := _slowest(all_trials)) else None,
            slowest_accepted=slowest,
            fastest_slow=_fastest_slow(all_trials),
        )
        failed = [_complaint(p) for p in proofs if not p.ok]
        warnings += [
            Complaint(f"is too close to the time limit of {limit.total_seconds():g} s to trust", p.path)
            for p in proofs
            if p.too_close
        ]
        proof = _proof((*complaints, *failed), warnings, proofs, tuple(self._skipped), times)
        return Proved(draft=draft, revision=revision, proof=proof)

    async def _again(
        self,
        trials: list[Trial],
        proofs: tuple[ReferenceProof, ...],
        wide: Revision,
        revision: Revision,
        limit: timedelta,
        *,
        has_margin: bool,
    ) -> tuple[list[Trial], tuple[ReferenceProof, ...]]:
        """Those too slow by one implementation of their language that their formats run by another."""
        available = self._prover.judge.bench.toolchains.available()
        by_path = {p.path: p for p in proofs}
        slow = [t for t in trials if _is_wrongly_slow(by_path[t.reference.program.path])]
        items = [(t.reference, _FASTER[t.language]) for t in slow if _FASTER.get(t.language) in available]
        if not items:
            return trials, proofs
        self._done -= len(items)
        again, _ = await self._run(wide, items)
        better = {
            p.path: (t, p) for t in again for p in self._proofs([t], revision, limit, has_margin=has_margin) if p.ok
        }
        kept = [better[t.reference.program.path][0] if t.reference.program.path in better else t for t in trials]
        return kept, tuple(better[p.path][1] if p.path in better else p for p in proofs)

    def _sets_limit(self) -> list[tuple[ReferenceSubmission, LanguageId]]:
        return [item for item in self._to_judge if item[0].sets_limit]

    def _revision(self, draft: ProblemDraft, limit: timedelta) -> Revision:
        return self._prover.builder.revision(replace(draft, limits=replace(draft.limits, cpu_time=limit)))

    async def _run(
        self, revision: Revision, items: list[tuple[ReferenceSubmission, LanguageId]]
    ) -> tuple[list[Trial], tuple[Complaint, ...]]:
        broken: list[Complaint] = []

        async def run(sandbox: Sandbox, item: tuple[ReferenceSubmission, LanguageId]) -> Trial | None:
            reference, language = item
            if broken:
                return None

            def told(test: str) -> None:
                at = Progress("judge", self._done, len(self._to_judge), f"{reference.program.path}: {test}")
                self._progress(at)

            try:
                return await self._judge.run(sandbox, revision, reference, language, told)
            except SetterProgramBroken as error:
                broken.append(Complaint(error.message, error.path))
                return None
            finally:
                self._done += 1
                self._progress(Progress("judge", self._done, len(self._to_judge), reference.program.path))

        found = await on_slots(self._prover.pool, items, run)
        return [trial for trial in found if trial is not None], tuple(dict.fromkeys(broken))

    def _proofs(
        self, trials: list[Trial], revision: Revision, limit: timedelta, *, has_margin: bool
    ) -> tuple[ReferenceProof, ...]:
        available = self._prover.judge.bench.toolchains.available()
        order = {id(reference): index for index, reference in enumerate(self._draft.material.references)}
        proofs = []
        for trial in sorted(trials, key=lambda trial: order[id(trial.reference)]):
            toolchain = available.get(trial.language)
            factor = 1.0 if toolchain is None or revision.setup.absolute_limits else toolchain.time_factor
            proofs.append(proof_of(trial, revision, limit, factor, has_margin=has_margin))
        return tuple(proofs)

    def _refused(
        self,
        found: tuple[Complaint, ...],
        complaints: tuple[Complaint, ...],
        warnings: list[Complaint],
        revision: Revision | None = None,
    ) -> Proved:
        skipped = (
            *self._skipped,
            *(Skipped(r.program.path, "the problem itself cannot be judged") for r, _ in self._to_judge),
        )
        proof = _proof((*complaints, *found), warnings, (), skipped, _no_times(self._draft))
        return Proved(draft=self._draft, revision=revision, proof=proof)


def _is_wrongly_slow(proof: ReferenceProof) -> bool:
    return not proof.ok and proof.verdict is Verdict.TLE


def _complaint(proof: ReferenceProof) -> Complaint:
    return Complaint(proof.message, proof.path)


def _slowest(trials: list[Trial]) -> timedelta | None:
    right = [t for t in trials if t.reference.sets_limit and t.result.verdict is Verdict.AC]
    return max((t.result.cpu_time for t in right if t.result.cpu_time is not None), default=None)


def _fastest_slow(trials: list[Trial]) -> timedelta | None:
    slow = [t for t in trials if must_be_slow(t.reference) and t.result.cpu_time is not None]
    return min((t.result.cpu_time for t in slow if t.result.cpu_time is not None), default=None)


def _no_times(draft: ProblemDraft) -> TimeLimits:
    limit = draft.limits.cpu_time or draft.material.time_rule.least
    return TimeLimits(limit=limit, proposed=None, slowest_accepted=None, fastest_slow=None)


def _proof(
    complaints: tuple[Complaint, ...],
    warnings: list[Complaint],
    references: tuple[ReferenceProof, ...],
    skipped: tuple[Skipped, ...],
    times: TimeLimits,
) -> Proof:
    return Proof(
        complaints=complaints[:_MOST_COMPLAINTS],
        warnings=tuple(warnings[:_MOST_COMPLAINTS]),
        references=references,
        skipped=skipped,
        times=times,
    )
