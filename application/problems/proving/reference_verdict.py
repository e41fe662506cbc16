"""What a reference submission did, held against what its author expects of it."""

from dataclasses import dataclass, replace
from datetime import timedelta

from application.judging.exceptions import SetterProgramBroken
from application.judging.submission_judge import SubmissionJudge
from application.problems.proving.trial import Trial
from application.sandbox import SandboxPool
from domain.problems.entities import Revision
from domain.problems.proof import ReferenceOutcome, ReferenceProof, describe, unmet
from domain.submissions.entities import JobResult, TestResult
from domain.submissions.limits import limits_for
from domain.submissions.scoring import ScoreSheet
from domain.verdicts import Verdict

_SHOWN, _COMMENT = 1000, 300
_REFUSED = (Verdict.WA, Verdict.PE)
"""By an interactor, who had judged before the program went on for too long."""
_ENDED_OTHERWISE = (Verdict.OLE, Verdict.MLE, Verdict.RTE, Verdict.JE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceVerdict:
    """``revision`` has the problem's own limits; ``margin`` is the safety margin that its format knows."""

    pool: SandboxPool
    judge: SubmissionJudge
    revision: Revision
    margin: float

    async def __call__(self, trial: Trial) -> ReferenceProof:
        """At the problem's limit, or at limit × margin: what is met at one of them is met. Raises SandboxFailure."""
        expectations = trial.reference.expectations
        if trial.broken is not None:
            return self._unjudged(trial, f"not judged: {trial.broken.file}: {trial.broken.message}")
        limit = self.limit(trial)
        try:
            strict = await self._at(trial, limit)
            wide = strict if self.margin <= 1.0 else await self._at(trial, limit * self.margin)
        except SetterProgramBroken as broken:  # a grader
            return self._unjudged(trial, f"not judged: {broken}")
        reason = unmet(expectations, strict)
        shown = wide if reason is not None and unmet(expectations, wide) is None else strict
        met = unmet(expectations, shown) is None
        return ReferenceProof(
            path=trial.reference.program.path,
            language=trial.language,
            expected=describe(expectations),
            verdict=shown.verdict,
            score=shown.score,
            cpu_time=slowest_test(trial),
            ok=met,
            too_close=strict.verdict is not wide.verdict,
            message="" if met or reason is None else _with_cause(reason, trial),
        )

    def limit(self, trial: Trial) -> timedelta:
        """Of cpu time, for its language."""
        toolchain = self.judge.bench.toolchains.available().get(trial.language)
        factor = 1.0 if toolchain is None else toolchain.time_factor
        return limits_for(self.revision, trial.language, time_factor=factor).cpu_time

    async def _at(self, trial: Trial, limit: timedelta) -> ReferenceOutcome:
        """What the same runs would have been at a limit that is not wider than theirs."""
        sheet = ScoreSheet(self.revision, stop=False)
        for result in trial.sheet.results:
            late = result.cpu_time is not None and result.cpu_time > limit
            sheet.add(_too_slow(result, sheet, self.revision) if late else result)
        end = await self._concluded(trial, sheet)
        return ReferenceOutcome(
            verdict=end.verdict,
            score=end.score,
            tests=[(r.name, r.group, r.verdict) for r in sheet.results],
            groups=[(group.name, group.score) for group in end.groups],
        )

    async def _concluded(self, trial: Trial, sheet: ScoreSheet) -> JobResult:
        assert trial.submission is not None  # or it would be broken
        if trial.submission.compiled.program is None:
            return sheet.conclude_uncompiled(trial.submission.compiled.message)
        if sheet.to_grade() is None:
            return sheet.conclude()
        async with self.pool.slot() as sandbox:
            return await self.judge.conclude(sandbox, self.revision, sheet)

    def _unjudged(self, trial: Trial, message: str) -> ReferenceProof:
        return ReferenceProof(
            path=trial.reference.program.path,
            language=trial.language,
            expected=describe(trial.reference.expectations),
            verdict=Verdict.JE,
            score=0.0,
            cpu_time=None,
            ok=False,
            message=message,
        )


def slowest_test(trial: Trial) -> timedelta | None:
    """The cpu time of its slowest test."""
    return max((r.cpu_time for r in trial.sheet.results if r.cpu_time is not None), default=None)


def ended_after(trial: Trial) -> timedelta:
    """How long its slowest test went on: where it slept, or its core was busy with others, by the clock."""
    slow = [r for r in trial.sheet.results if r.verdict is Verdict.TLE]
    times = [time for r in slow or trial.sheet.results for time in (r.cpu_time, r.wall_time if slow else None)]
    return max((time for time in times if time is not None), default=timedelta())


def _too_slow(result: TestResult, sheet: ScoreSheet, revision: Revision) -> TestResult:
    judged_before = revision.setup.interaction is not None and result.verdict in _REFUSED
    if result.verdict in _ENDED_OTHERWISE or judged_before:
        return result
    points = sheet.points(revision.tests[result.index], 0.0)
    return replace(result, verdict=Verdict.TLE, message="too slow at the problem's limit", share=0.0, points=points)


def _with_cause(reason: str, trial: Trial) -> str:
    submission = trial.submission
    if submission is not None and submission.compiled.program is None:
        compiled = submission.compiled
        said = compiled.result.output if compiled.result and compiled.result.output else compiled.message
        return f"{reason}; the compiler: {said[:_SHOWN]}"
    first = next((r for r in trial.sheet.results if r.verdict not in (Verdict.AC, Verdict.SK)), None)
    if first is None:
        return reason
    comment = (first.comment or b"").decode(errors="replace").strip()[:_COMMENT]
    return f"{reason}; test {first.name}: {first.message or first.verdict}{f' ({comment})' if comment else ''}"
