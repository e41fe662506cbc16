"""The part of a proof that the reference submissions give: the time limit, and that each does what its author says."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from application.judging.submission_judge import SubmissionJudge
from application.problems.packages import ProblemDraft
from application.problems.proving.lacking import lacks
from application.problems.proving.progress import Progress, Report
from application.problems.proving.reference_verdict import ReferenceVerdict, ended_after, slowest_test
from application.problems.proving.trial import Trial
from application.problems.proving.trial_runner import TrialRunner
from application.problems.revision_builder import RevisionBuilder
from application.sandbox import SandboxPool
from domain.languages.entities import OUTPUT, LanguageId
from domain.problems.entities import Complaint, Revision
from domain.problems.material import ReferenceSubmission
from domain.problems.proof import ReferenceProof, Skipped, TimeLimits, limit_from
from domain.problems.setup import LanguageLimits
from domain.runs.units import time_text
from domain.submissions.limits import DEFAULT_CPU_TIME
from domain.verdicts import Verdict

GENEROUS = timedelta(seconds=20)
"""The limit of accepted submissions whose times are to give the problem's."""
TRUSTED_MARGIN = 1.5
"""Where the slowest accepted submission fits into a stated limit less often, another machine may find it too slow."""
_SLOW = (frozenset({Verdict.TLE}), frozenset({Verdict.TLE, Verdict.OLE}))
_FASTER: Mapping[LanguageId, LanguageId] = {LanguageId("python3"): LanguageId("pypy3")}
"""Kattis, DOMjudge and ICPC contests run what packages call Python by PyPy; DMOJ and CMS by CPython."""
_PYTHON_2 = LanguageId("python2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """``draft`` has its time limit. ``references`` are in the order of the package."""

    draft: ProblemDraft
    revision: Revision
    references: tuple[ReferenceProof, ...]
    skipped: tuple[Skipped, ...]
    times: TimeLimits
    warnings: tuple[Complaint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceJudging:
    """Accepted submissions come first where they give the time limit."""

    pool: SandboxPool
    judge: SubmissionJudge
    builder: RevisionBuilder
    report: Report

    async def __call__(self, draft: ProblemDraft) -> Shown:
        """Raises SandboxFailure, BlobMissing, or what the storage raises."""
        to_judge, skipped = self._sorted(draft)
        first = [item for item in to_judge if item[0].sets_limit] if draft.limits.cpu_time is None else []
        early = await self._run(self._for_trials(draft, max(GENEROUS, draft.material.time_rule.least)), first)
        early = await self._with_faster(draft, early)
        limit = self._limit(draft, early)
        draft = replace(draft, limits=replace(draft.limits, cpu_time=limit))
        margin = max(draft.material.time_rule.margin, 1.0)
        revision, wide = self._revision(draft, limit), self._for_trials(draft, limit, margin)
        done = [trial for trial in early if not (_is_slow(trial) and limit * margin > _limit(trial.revision))]
        known = {id(trial.reference) for trial in done}
        rest = [item for item in to_judge if id(item[0]) not in known]
        trials = [*done, *await self._run(wide, sorted(rest, key=lambda item: not item[0].sets_limit), done)]
        judged = ReferenceVerdict(pool=self.pool, judge=self.judge, revision=revision, margin=margin)
        proofs = {id(trial.reference): (trial, await judged(trial)) for trial in trials}
        again = [
            (trial.reference, _FASTER[trial.language])
            for trial, proof in proofs.values()
            if not proof.ok and proof.verdict is Verdict.TLE and _FASTER.get(trial.language) in self._available
        ]
        for trial in await self._run(wide, again, trials):
            if (proof := await judged(trial)).ok:
                proofs[id(trial.reference)] = trial, proof
        unfit = {key: what for key, (trial, proof) in proofs.items() if not proof.ok and (what := _lacks(trial, proof))}
        skipped += tuple(
            Skipped(reference.program.path, f"it needs {unfit[id(reference)]}, which this machine does not have")
            for reference, _ in to_judge
            if id(reference) in unfit
        )
        ordered = [proofs[id(reference)] for reference, _ in to_judge if id(reference) not in unfit]
        times = _times(draft, limit, ordered, judged)
        warnings = (*_doubts(draft, times, stated=not first), *_too_close(ordered, limit))
        return Shown(
            draft=draft, revision=revision, references=tuple(proof for _, proof in ordered), skipped=skipped,
            times=times, warnings=warnings,
        )  # fmt: skip

    @property
    def _available(self) -> Collection[LanguageId | None]:
        return set(self.judge.bench.toolchains.available())

    def _sorted(self, draft: ProblemDraft) -> tuple[list[tuple[ReferenceSubmission, LanguageId]], tuple[Skipped, ...]]:
        to_judge: list[tuple[ReferenceSubmission, LanguageId]] = []
        skipped: list[Skipped] = []
        for reference in draft.material.references:
            language = OUTPUT if draft.setup.output_only else reference.program.language
            if reference.skip:
                skipped.append(Skipped(reference.program.path, reference.skip))
            elif language is None or (language != OUTPUT and language not in self._available):
                reason = f"its language ({language or 'unknown'}) is not on this machine"
                skipped.append(Skipped(reference.program.path, reason))
            else:
                to_judge.append((reference, language))
        return to_judge, tuple(skipped)

    def _revision(self, draft: ProblemDraft, limit: timedelta, margin: float = 1.0) -> Revision:
        """``margin`` widens every limit of time."""
        wall = draft.limits.wall_time
        by_language = {
            language: LanguageLimits(own.cpu_time and own.cpu_time * margin, own.memory)
            for language, own in draft.setup.language_limits.items()
        }
        limits = replace(draft.limits, cpu_time=limit * margin, wall_time=wall and wall * margin)
        return self.builder.revision(
            replace(draft, limits=limits, setup=replace(draft.setup, language_limits=by_language))
        )

    async def _with_faster(self, draft: ProblemDraft, early: list[Trial]) -> list[Trial]:
        """Those that would raise the time limit are run by the language that the author's judge has for them."""
        rule = draft.material.time_rule
        raising = [
            (trial.reference, _FASTER[trial.language])
            for trial in early
            if _FASTER.get(trial.language) in self._available and draft.setup.absolute_limits
            and (time := slowest_test(trial)) is not None and time * rule.multiplier > rule.least
        ]  # fmt: skip
        again = await self._run(self._for_trials(draft, max(GENEROUS, rule.least)), raising, early)
        faster = {id(trial.reference): trial for trial in again if _is_right(trial)}
        return [_faster(trial, faster.get(id(trial.reference))) for trial in early]

    def _for_trials(self, draft: ProblemDraft, limit: timedelta, margin: float = 1.0) -> Revision:
        """What a problem wants of the language and the size of sources is for contestants."""
        open_to_all = replace(draft.setup, languages=None, code_size=None)
        return self._revision(replace(draft, setup=open_to_all), limit, margin)

    async def _run(
        self, revision: Revision, items: Sequence[tuple[ReferenceSubmission, LanguageId]], before: Sequence[Trial] = ()
    ) -> list[Trial]:
        trials = [Trial(reference, language, revision) for reference, language in items]
        together = [*before, *trials]
        total = sum(len(trial.revision.tests) for trial in together)

        def told(trial: Trial, test: str) -> None:
            done = sum(len(each.sheet.results) for each in together)
            self.report(Progress("judge", done, total, f"{trial.reference.program.path}: {test}"))

        await TrialRunner(pool=self.pool, judge=self.judge, told=told)(trials)
        return trials

    def _limit(self, draft: ProblemDraft, early: Sequence[Trial]) -> timedelta:
        """The stated one, or that which follows from the slowest accepted one, as far as this service allows it."""
        if draft.limits.cpu_time is not None:
            return draft.limits.cpu_time
        rule = draft.material.time_rule
        fine = [trial for trial in early if _is_right(trial)]
        fine = [trial for trial in fine if trial.language != _PYTHON_2] or fine
        right = [time for trial in fine if (time := slowest_test(trial)) is not None]
        wanted = limit_from(rule, max(right)) if right else max(rule.least, DEFAULT_CPU_TIME)
        return min(wanted, self.builder.ranges.max_cpu_time)


def _faster(trial: Trial, other: Trial | None) -> Trial:
    """The other one where it is right and takes less, or the first is not right."""
    if other is None:
        return trial
    first, second = slowest_test(trial), slowest_test(other)
    return other if not _is_right(trial) or (first and second and second < first) else trial


def _limit(revision: Revision) -> timedelta:
    return revision.limits.cpu_time or DEFAULT_CPU_TIME


def _is_right(trial: Trial) -> bool:
    compiled = trial.submission is not None and trial.submission.compiled.program is not None
    fine = (Verdict.AC, Verdict.PA, Verdict.SK)
    return compiled and trial.broken is None and all(r.verdict in fine for r in trial.sheet.results)


def _lacks(trial: Trial, proof: ReferenceProof) -> str | None:
    """Contests ran Python 2 by PyPy: what is too slow without it says nothing."""
    return "PyPy 2" if trial.language == _PYTHON_2 and proof.verdict is Verdict.TLE else lacks(trial)


def _is_slow(trial: Trial) -> bool:
    return any(result.verdict is Verdict.TLE for result in trial.sheet.results)


def _times(
    draft: ProblemDraft, limit: timedelta, ordered: Sequence[tuple[Trial, ReferenceProof]], judged: ReferenceVerdict
) -> TimeLimits:
    """Times of slower languages are held against their own limits: all are shown as parts of the problem's."""

    def time(trial: Trial, proof: ReferenceProof) -> timedelta | None:
        return None if proof.cpu_time is None else proof.cpu_time * (limit / judged.limit(trial))

    right = [time(t, p) for t, p in ordered if t.reference.sets_limit and p.ok]
    slow = [ended_after(t) * (limit / judged.limit(t)) for t, p in ordered if p.ok and _must_be_slow(t.reference)]
    slowest = max((found for found in right if found is not None), default=None)
    return TimeLimits(
        limit=limit,
        proposed=limit_from(draft.material.time_rule, slowest) if slowest is not None else None,
        slowest_accepted=slowest,
        fastest_slow=min(slow, default=None),
    )


def _must_be_slow(reference: ReferenceSubmission) -> bool:
    return any(wanted in (e.verdicts, e.some) for e in reference.expectations for wanted in _SLOW)


def _doubts(draft: ProblemDraft, times: TimeLimits, *, stated: bool) -> Iterator[Complaint]:
    limit, slowest, fastest = times.limit, times.slowest_accepted, times.fastest_slow
    if slowest is not None and stated and limit < slowest * TRUSTED_MARGIN:
        proposed = f"; {time_text(times.proposed)} would be safe" if times.proposed else ""
        yield Complaint(
            f"the slowest accepted submission takes {time_text(slowest)} of the time limit of {time_text(limit)}: too "
            f"close to trust{proposed}",
            draft.source or None,
        )
    if fastest is not None and fastest < limit * 1.25:
        yield Complaint(
            f"the fastest submission that must be too slow takes {time_text(fastest)}, the time limit is "
            f"{time_text(limit)}: too close to trust",
            draft.source or None,
        )
    if draft.material.references and slowest is None:
        yield Complaint("no accepted submission could be judged here: nothing shows that the time limit is right")


def _too_close(ordered: Sequence[tuple[Trial, ReferenceProof]], limit: timedelta) -> Iterator[Complaint]:
    for _, proof in ordered:
        if proof.too_close:
            yield Complaint(f"is too close to the time limit of {time_text(limit)} to trust", proof.path)
