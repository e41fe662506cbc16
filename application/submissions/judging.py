"""Judging one claimed job, from its sources to its end in the ledger."""

from dataclasses import dataclass

from application.blobs import BlobStorage
from application.languages.toolchains import Toolchain, Toolchains
from application.sandbox import Sandbox
from application.submissions.checker import Checker
from application.submissions.compilation import Compiled, Program, compile_sources
from application.submissions.job_ledger import JobLedger, JudgingTask
from application.submissions.policy import JudgingPolicy
from application.submissions.result_recorder import ResultRecorder
from application.submissions.testing import ProgramTester
from domain.runs.entities import Limits
from domain.submissions.entities import Claim, TestResult
from domain.submissions.limits import effective_limits
from domain.submissions.scoring import ScoreSheet
from domain.verdicts import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class JobJudge:
    """Compiles once, runs each test, records while it goes, finishes."""

    ledger: JobLedger
    toolchains: Toolchains
    checker: Checker
    blobs: BlobStorage
    policy: JudgingPolicy

    async def __call__(self, claim: Claim, sandbox: Sandbox) -> None:
        """Judge and finish. Raises LeaseLost, SandboxFailure, BlobMissing, or what the storage raises."""
        task = await self.ledger.task(claim)
        toolchain = self.toolchains.available()[task.submission.language]
        limits = effective_limits(
            task.revision.limits,
            time_factor=toolchain.time_factor,
            memory_addition=toolchain.memory_addition,
        )
        compiled = await compile_sources(
            sandbox, toolchain, task.submission.sources, limits, self.policy.compile_output
        )
        if compiled.program is None:
            await self._finish_uncompiled(claim, task, compiled, limits, sandbox.isolation)
            return
        try:
            await self._test(claim, task, compiled, compiled.program, toolchain, limits, sandbox)
        finally:
            compiled.program.close()

    async def _test(
        self,
        claim: Claim,
        task: JudgingTask,
        compiled: Compiled,
        program: Program,
        toolchain: Toolchain,
        limits: Limits,
        sandbox: Sandbox,
    ) -> None:
        await sandbox.load(program.artefacts)
        sheet = ScoreSheet(task.revision, stop=task.submission.stop_on_failure)
        tester = ProgramTester(
            sandbox=sandbox,
            program=program,
            toolchain=toolchain,
            limits=limits,
            checker=self.checker,
            spec=task.revision.checker,
            blobs=self.blobs,
            sheet=sheet,
            kill_cpu_factor=self.policy.kill_cpu_factor,
            retry_near_limit=self.policy.retry_near_limit,
        )
        async with ResultRecorder(
            ledger=self.ledger,
            claim=claim,
            interval=self.policy.flush_interval,
            compiled=compiled.result,
            limits=limits,
            isolation=sandbox.isolation,
        ) as recorder:
            for index, test in enumerate(task.revision.tests):
                reason = sheet.reason_to_skip(test)
                result = await tester(index, test) if reason is None else _skipped(task, sheet, index, reason)
                sheet.add(result)
                recorder.add(result)
            await recorder.finish(sheet.conclude())

    async def _finish_uncompiled(
        self, claim: Claim, task: JudgingTask, compiled: Compiled, limits: Limits, isolation: str
    ) -> None:
        sheet = ScoreSheet(task.revision, stop=True)
        for index in range(len(task.revision.tests)):
            sheet.add(_skipped(task, sheet, index, "not run: the submission does not compile"))
        result = sheet.conclude_uncompiled(f"compile error: {compiled.message}")
        await self.ledger.finish(claim, result, compiled.result, limits, isolation, sheet.results)


def _skipped(task: JudgingTask, sheet: ScoreSheet, index: int, reason: str) -> TestResult:
    test = task.revision.tests[index]
    return TestResult(
        index=index,
        name=test.name,
        group=test.group,
        sample=test.sample,
        verdict=Verdict.SK,
        message=reason,
        points=sheet.points(test, 0.0),
    )
