"""One test of a program: run, check, judge."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from application.blobs import BlobStorage
from application.languages.toolchains import Toolchain
from application.sandbox import Command, Content, Outcome, Sandbox
from application.submissions.checker import Checker
from application.submissions.compilation import Program
from domain.problems.entities import CheckerSpec, TestCase
from domain.problems.files import BlobRef
from domain.runs.entities import Execution, Limits
from domain.runs.enums import Ending, Limit
from domain.submissions.entities import RunTimes, TestResult
from domain.submissions.scoring import ScoreSheet
from domain.submissions.verdicts import Judgement, judge_check, judge_execution

COMMENT_SIZE = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramTester:
    """Everything that the tests of one job share."""

    sandbox: Sandbox
    program: Program
    toolchain: Toolchain
    limits: Limits
    checker: Checker
    spec: CheckerSpec
    blobs: BlobStorage
    sheet: ScoreSheet
    kill_cpu_factor: float
    retry_near_limit: bool

    async def __call__(self, index: int, test: TestCase) -> TestResult:
        """Run one test. Raises SandboxFailure or BlobMissing."""
        outcome, runs = await self._run(test)
        try:
            execution = outcome.execution
            judgement = judge_execution(execution, self.limits, self.toolchain.memory_exhaustion)
            if judgement is None:
                async with self._opened(test.answer) as answer:
                    judgement = judge_check(await self.checker.check(self.spec, outcome.stdout, answer))
        finally:
            outcome.close()
        return self._result(index, test, execution, judgement, runs)

    async def _run(self, test: TestCase) -> tuple[Outcome, tuple[RunTimes, ...]]:
        """One run, or two when the first was just over its cpu limit: the lower cpu time decides."""
        outcome = await self._run_once(test)
        runs: tuple[RunTimes, ...] = (_times(outcome.execution),)
        if not (self.retry_near_limit and self._is_just_over(outcome.execution)):
            return outcome, runs
        try:
            second = await self._run_once(test)
        except BaseException:
            outcome.close()
            raise
        runs = (*runs, _times(second.execution))
        worse = second if second.execution.cpu_time >= outcome.execution.cpu_time else outcome
        worse.close()
        return (outcome if worse is second else second), runs

    def _is_just_over(self, execution: Execution) -> bool:
        """Ended well by itself, passing nothing but its cpu limit: the one end that a busy machine can cause."""
        return (
            execution.ending is Ending.EXITED
            and execution.exit_code == 0
            and execution.limits_passed == (Limit.CPU_TIME,)
            and execution.cpu_time < self.limits.cpu_time * self.kill_cpu_factor
        )

    async def _run_once(self, test: TestCase) -> Outcome:
        async with self._opened(test.input) as stdin:
            return await self.sandbox.run(
                Command(
                    argv=self.program.build.run_argv,
                    env=self.program.build.run_env,
                    limits=self.limits,
                    stdin=stdin,
                    kill_cpu_factor=self.kill_cpu_factor,
                    address_space=self.toolchain.address_space,
                )
            )

    @asynccontextmanager
    async def _opened(self, ref: BlobRef) -> AsyncIterator[Content]:
        content = await self.blobs.open(ref)
        try:
            yield content
        finally:
            content.close()

    def _result(
        self, index: int, test: TestCase, execution: Execution, judgement: Judgement, runs: tuple[RunTimes, ...]
    ) -> TestResult:
        limit = self.limits.cpu_time
        return TestResult(
            index=index,
            name=test.name,
            group=test.group,
            sample=test.sample,
            verdict=judgement.verdict,
            message=judgement.message,
            share=judgement.share,
            points=self.sheet.points(test, judgement.share),
            cpu_time=execution.cpu_time,
            wall_time=execution.wall_time,
            memory=execution.memory,
            exit_code=execution.exit_code,
            signal=execution.signal,
            margin=(limit - execution.cpu_time) / limit,
            runs=runs,
            stdout=execution.stdout_head,
            stderr=execution.stderr_head,
            comment=judgement.comment.encode()[:COMMENT_SIZE],
        )


def _times(execution: Execution) -> RunTimes:
    return RunTimes(execution.cpu_time, execution.wall_time)
