"""One reference submission: compiled once, run on the tests, held against what its author expects."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from application.judging.compiled_submission import CompiledSubmission
from application.judging.setter_programs import OTHER_STANDARDS
from application.judging.submission_judge import SubmissionJudge
from application.sandbox import Sandbox
from domain.languages.entities import OUTPUT, LanguageId
from domain.problems.entities import Revision
from domain.problems.material import Expectation, ReferenceSubmission
from domain.problems.proof import ReferenceOutcome, ReferenceProof, describe, is_within, unmet
from domain.submissions.entities import JobResult, TestResult
from domain.submissions.scoring import ScoreSheet
from domain.verdicts import Verdict

_SLOW = frozenset({Verdict.TLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a reference submission did. ``results`` are those at a limit that is wider than the problem's."""

    reference: ReferenceSubmission
    language: LanguageId
    result: JobResult
    results: tuple[TestResult, ...]
    compile_output: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceJudge:
    """Runs on one slot."""

    judge: SubmissionJudge

    async def run(
        self,
        sandbox: Sandbox,
        revision: Revision,
        reference: ReferenceSubmission,
        language: LanguageId,
        told: Callable[[str], None],
    ) -> Trial:
        """Every test that its expectations need. Raises SetterProgramBroken when the problem's own programs do not
        build, SandboxFailure, BlobMissing.
        """
        submission = await self._compiled(sandbox, revision, reference, language)
        language = submission.language
        sheet = ScoreSheet(revision, stop=True)
        try:
            if submission.compiled.program is None:
                for index in range(len(revision.tests)):
                    sheet.add(skipped(revision, sheet, index, "does not compile"))
                result = sheet.conclude_uncompiled(f"compile error: {submission.compiled.message}")
                compiled = submission.compiled.result
                return Trial(
                    reference=reference, language=language, result=result, results=tuple(sheet.results),
                    compile_output=compiled.output if compiled else submission.compiled.message,
                )  # fmt: skip
            tester = await self.judge.tester(sandbox, submission, sheet)
            needs_more = _needs_more(reference.expectations)
            for index, test in enumerate(revision.tests):
                reason = sheet.reason_to_skip(test)
                if reason is not None and not needs_more(sheet.results):
                    sheet.add(skipped(revision, sheet, index, reason))
                    continue
                sheet.add(await tester(index, test))
                told(test.name)
            result = await self.judge.conclude(sandbox, revision, sheet)
            return Trial(reference=reference, language=language, result=result, results=tuple(sheet.results))
        finally:
            submission.close()

    async def _compiled(
        self, sandbox: Sandbox, revision: Revision, reference: ReferenceSubmission, language: LanguageId
    ) -> CompiledSubmission:
        """By the first standard of its language that it compiles by, if it is meant to compile."""
        sources = await self.judge.bench.programs.sources(reference.program)
        available = self.judge.bench.toolchains.available()
        first: CompiledSubmission | None = None
        for candidate in (language, *OTHER_STANDARDS.get(language, ())):
            if candidate != OUTPUT and candidate not in available:
                continue
            made = await self.judge.compile(sandbox, revision, candidate, sources, reference.program.main)
            if made.compiled.program is not None or _may_not_compile(reference):
                return made
            first = first or made
        assert first is not None  # the language itself is there
        return first


def _may_not_compile(reference: ReferenceSubmission) -> bool:
    return any(e.verdicts is not None and Verdict.CE in e.verdicts for e in reference.expectations)


def _needs_more(expectations: tuple[Expectation, ...]) -> Callable[[list[TestResult]], bool]:
    """Whether a test must be run that judging would skip: one that some expectation still waits for."""
    waiting = [(e, e.some) for e in expectations if e.some is not None]

    def needs(results: list[TestResult]) -> bool:
        return any(
            not any(r.verdict in some and is_within(e.group, (r.name, r.group, r.verdict)) for r in results)
            for e, some in waiting
        )

    return needs


def skipped(revision: Revision, sheet: ScoreSheet, index: int, reason: str) -> TestResult:
    """A test that was not run."""
    test = revision.tests[index]
    return TestResult(
        index=index, name=test.name, group=test.group, sample=test.sample, verdict=Verdict.SK, message=reason,
        points=sheet.points(test, 0.0),
    )  # fmt: skip


def proof_of(trial: Trial, revision: Revision, limit: timedelta, factor: float, *, has_margin: bool) -> ReferenceProof:
    """Held against its expectations at the problem's ``limit`` (times the language's ``factor``), and at the wider one
    that it was run at: one of them must be met.
    """
    expectations = trial.reference.expectations
    strict = _at(trial, revision, limit * factor)
    wide = _outcome(trial.result, trial.results)
    reason = unmet(expectations, strict)
    met = reason is None
    shown = strict
    if not met and has_margin and unmet(expectations, wide) is None:
        met, reason, shown = True, None, wide
    times = [r.cpu_time for r in trial.results if r.cpu_time is not None]
    differs = strict.verdict is not wide.verdict
    message = reason or ""
    if reason is not None:
        message = _with_cause(reason, trial)
    return ReferenceProof(
        path=trial.reference.program.path,
        language=trial.language,
        expected=describe(expectations),
        verdict=shown.verdict,
        score=shown.score,
        cpu_time=max(times, default=None),
        ok=met,
        too_close=differs,
        message=message,
    )


def _with_cause(reason: str, trial: Trial) -> str:
    if trial.compile_output:
        return f"{reason}; the compiler: {trial.compile_output[:1000]}"
    first = next((r for r in trial.results if r.verdict not in (Verdict.AC, Verdict.SK)), None)
    if first is None:
        return reason
    comment = (first.comment or b"").decode(errors="replace")[:300]
    return f"{reason}; test {first.name}: {first.message or first.verdict}{f' ({comment})' if comment else ''}"


def _outcome(result: JobResult, results: tuple[TestResult, ...]) -> ReferenceOutcome:
    return ReferenceOutcome(
        verdict=result.verdict,
        score=result.score,
        tests=[(r.name, r.group, r.verdict) for r in results],
        groups=[(g.name, g.score) for g in result.groups],
    )


def _at(trial: Trial, revision: Revision, limit: timedelta) -> ReferenceOutcome:
    """What the same runs would have been at a narrower limit."""
    late = [r.cpu_time is not None and r.cpu_time > limit for r in trial.results]
    if trial.result.verdict is Verdict.CE or not any(late):
        return _outcome(trial.result, trial.results)
    sheet = ScoreSheet(revision, stop=True)
    for result, is_late in zip(trial.results, late, strict=True):
        sheet.add(_too_slow(result, sheet, revision) if is_late else result)
    return _outcome(sheet.conclude(), tuple(sheet.results))


def _too_slow(result: TestResult, sheet: ScoreSheet, revision: Revision) -> TestResult:
    if result.verdict in (Verdict.OLE, Verdict.MLE, Verdict.RTE, Verdict.JE):
        return result
    points = sheet.points(revision.tests[result.index], 0.0)
    return replace(result, verdict=Verdict.TLE, message="too slow at the problem's limit", share=0.0, points=points)


def must_be_slow(reference: ReferenceSubmission) -> bool:
    """Whether its author expects it to be too slow, and nothing else."""
    return any(_SLOW in (e.verdicts, e.some) for e in reference.expectations)
