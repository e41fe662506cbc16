"""Judging one claimed job, from its sources to its end in the ledger."""

import logging
import time
from dataclasses import dataclass
from datetime import timedelta

from application.judging.compiled_submission import CompiledSubmission
from application.judging.exceptions import SetterProgramBroken
from application.judging.submission_judge import SubmissionJudge
from application.sandbox import Sandbox
from application.submissions.job_ledger import ClaimedJob, JobLedger
from application.submissions.judging_meter import JudgingMeter
from application.submissions.policy import JudgingPolicy
from application.submissions.result_recorder import ResultRecorder
from domain.problems.entities import Revision, TestCase
from domain.submissions.entities import Claim, JobResult, TestResult
from domain.submissions.scoring import ScoreSheet
from domain.verdicts import Verdict

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobJudge:
    """Compiles once, runs each test, records while it goes, finishes."""

    ledger: JobLedger
    judge: SubmissionJudge
    policy: JudgingPolicy
    meter: JudgingMeter

    async def __call__(self, job: ClaimedJob, sandbox: Sandbox) -> None:
        """Judge and finish. Raises LeaseLost, SandboxFailure, BlobMissing, or what the storage raises."""
        begun = time.monotonic()
        self.meter.claimed(job.claim.waited)
        revision = await self.ledger.revision(job)
        submission = await self.judge.compile(sandbox, revision, job.submission.language, job.submission.sources)
        try:
            if submission.compiled.program is None:
                reason = "not run: the submission does not compile"
                sheet = _all_skipped(revision, reason)
                result = sheet.conclude_uncompiled(f"compile error: {submission.compiled.message}")
                await self._finish(job.claim, submission, sandbox, sheet, result)
            else:
                result = await self._test(job, submission, sandbox)
        finally:
            submission.close()
        compiled = submission.compiled.result
        took = timedelta(seconds=time.monotonic() - begun)
        self.meter.judged(submission.language, result.verdict, compiled.wall_time if compiled else None, took)
        log.info(
            "%s in %s after %.3f s", result.verdict, submission.language, took.total_seconds(),
            extra={"verdict": str(result.verdict), "language": submission.language},
        )  # fmt: skip

    async def _test(self, job: ClaimedJob, submission: CompiledSubmission, sandbox: Sandbox) -> JobResult:
        revision = submission.revision
        sheet = ScoreSheet(revision, stop=job.submission.stop_on_failure)
        try:
            tester = await self.judge.tester(sandbox, submission, sheet)
        except SetterProgramBroken as broken:
            sheet = _all_skipped(revision, "not run: a program of the problem is broken")
            result = sheet.conclude_unjudged(f"judge error: {broken}")
            await self._finish(job.claim, submission, sandbox, sheet, result)
            return result
        async with ResultRecorder(
            ledger=self.ledger,
            claim=job.claim,
            interval=self.policy.flush_interval,
            compiled=submission.compiled.result,
            limits=submission.limits,
            isolation=sandbox.isolation,
        ) as recorder:
            for index, test in enumerate(revision.tests):
                reason = sheet.reason_to_skip(test)
                tested = await tester(index, test) if reason is None else _skipped(test, sheet, index, reason)
                sheet.add(tested)
                recorder.add(tested)
            try:
                result = await self.judge.conclude(sandbox, revision, sheet)
            except SetterProgramBroken as broken:
                result = sheet.conclude_unjudged(f"judge error: {broken}")
            await recorder.finish(result)
        return result

    async def _finish(
        self, claim: Claim, submission: CompiledSubmission, sandbox: Sandbox, sheet: ScoreSheet, result: JobResult
    ) -> None:
        compiled = submission.compiled.result
        await self.ledger.finish(claim, result, compiled, submission.limits, sandbox.isolation, sheet.results)


def _all_skipped(revision: Revision, reason: str) -> ScoreSheet:
    sheet = ScoreSheet(revision, stop=True)
    for index, test in enumerate(revision.tests):
        sheet.add(_skipped(test, sheet, index, reason))
    return sheet


def _skipped(test: TestCase, sheet: ScoreSheet, index: int, reason: str) -> TestResult:
    return TestResult(
        index=index,
        name=test.name,
        group=test.group,
        sample=test.sample,
        verdict=Verdict.SK,
        message=reason,
        points=sheet.points(test, 0.0),
    )
