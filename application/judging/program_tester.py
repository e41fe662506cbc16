"""One test of a program: run, check, judge; again for each further pass."""

from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from application.judging.box_files import opened
from application.judging.checker_call import CheckRequest
from application.judging.compiled_submission import CompiledSubmission
from application.judging.conduct import Conduct
from application.judging.exceptions import SetterProgramBroken
from application.judging.program_checker import NEXT_PASS, Checked, ProgramChecker
from application.judging.take import PassInput, Take
from application.judging.workbench import Workbench
from application.sandbox import BoxFile, Content
from domain.problems.default_validator import default_validator
from domain.problems.entities import TestCase
from domain.problems.enums import CheckerType
from domain.runs.entities import Execution
from domain.runs.enums import Ending, Limit
from domain.submissions.entities import RunTimes, TestResult
from domain.submissions.scoring import ScoreSheet
from domain.submissions.verdicts import Judgement, judge_check
from domain.verdicts import Verdict

COMMENT_SIZE = 4096
_OF_FLAGS = (CheckerType.TOKENS, CheckerType.FLOAT)
_ACCEPTED = (Verdict.AC, Verdict.PA)


@dataclass(frozen=True, slots=True)
class _Pass:
    """What one pass has given. ``next_input``: there is to be one more."""

    judgement: Judgement
    execution: Execution
    runs: tuple[RunTimes, ...]
    next_input: Content | None = None
    feedback: tuple[BoxFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramTester:
    """Everything that the tests of one submission share on one slot. ``program_checker`` None: the checker is one of
    this service's.
    """

    bench: Workbench
    submission: CompiledSubmission
    conduct: Conduct
    program_checker: ProgramChecker | None
    sheet: ScoreSheet

    async def __call__(self, index: int, test: TestCase) -> TestResult:
        """Run one test; a setter's program that breaks its contract makes it JE. Raises SandboxFailure, BlobMissing."""
        try:
            return await self._passes(index, test)
        except SetterProgramBroken as broken:
            return TestResult(
                index=index,
                name=test.name,
                group=test.group,
                sample=test.sample,
                verdict=Verdict.JE,
                message=f"the problem's own program failed: {broken.path}",
                points=self.sheet.points(test, 0.0),
                comment=broken.message.encode(errors="replace")[:COMMENT_SIZE],
            )

    async def _passes(self, index: int, test: TestCase) -> TestResult:
        setup = self.submission.revision.setup
        async with AsyncExitStack() as held:
            given = PassInput(
                test=test,
                input=await held.enter_async_context(opened(self.bench.blobs, test.input)),
                answer=await held.enter_async_context(opened(self.bench.blobs, test.answer)),
                request=self._request(index, test),
                more=setup.passes > 1,
            )
            done: list[_Pass] = []
            while True:
                last = await self._pass(given)
                done.append(last)
                for file in last.feedback:
                    held.callback(file.content.close)
                if last.next_input is None:
                    return self._result(index, test, done)
                held.callback(last.next_input.close)
                more = len(done) + 1 < setup.passes
                given = replace(given, input=last.next_input, carried=last.feedback, more=more)

    async def _pass(self, given: PassInput) -> _Pass:
        take, runs = await self._take(given)
        execution = take.execution
        if take.judgement is not None:
            take.output.close()
            return self._ended(take.judgement, execution, runs, take.feedback, given.more)
        interaction = self.submission.revision.setup.interaction
        if interaction is not None and not interaction.judges and given.more:
            # what the interactor has written is the next run's input (Polygon's run count)
            return _Pass(Judgement(Verdict.AC, "", 1.0), execution, runs, take.output, take.feedback)
        try:
            checked = await self._check(given, take)
        finally:
            take.close()
        return self._ended(judge_check(checked.result), execution, runs, checked.feedback, given.more)

    def _ended(
        self,
        judgement: Judgement,
        execution: Execution,
        runs: tuple[RunTimes, ...],
        feedback: tuple[BoxFile, ...],
        more: bool,
    ) -> _Pass:
        wanted = next((file.content for file in feedback if file.name == NEXT_PASS), None)
        if wanted is None or judgement.verdict not in _ACCEPTED or self.submission.revision.setup.passes == 1:
            return _Pass(judgement, execution, runs, None, feedback)
        if not more:
            for file in feedback:
                file.content.close()
            passes = self.submission.revision.setup.passes
            raise SetterProgramBroken(self._judge_path(), f"asks for more passes than the problem's limit of {passes}")
        return _Pass(judgement, execution, runs, wanted, feedback)

    def _judge_path(self) -> str:
        interaction = self.submission.revision.setup.interaction
        if interaction is not None:
            return interaction.program.path
        return self.program_checker.path if self.program_checker else "checker"

    async def _check(self, given: PassInput, take: Take) -> Checked:
        if self.program_checker is not None:
            return await self.program_checker.check(given, take.output, take.execution)
        spec = self.submission.revision.checker
        flags = given.test.extras.checker_arguments
        if flags and spec.type in _OF_FLAGS:  # of a test that differs from the others
            spec = default_validator(flags)
        return Checked(await self.bench.checker.check(spec, take.output, given.answer))

    async def _take(self, given: PassInput) -> tuple[Take, tuple[RunTimes, ...]]:
        """One run, or two when the first was just over its cpu limit: the lower cpu time decides."""
        take = await self.conduct.take(given)
        runs: tuple[RunTimes, ...] = (_times(take.execution),)
        if not (self.bench.policy.retry_near_limit and self._is_just_over(take.execution)):
            return take, runs
        try:
            second = await self.conduct.take(given)
        except BaseException:
            take.close()
            raise
        runs = (*runs, _times(second.execution))
        worse = second if second.execution.cpu_time >= take.execution.cpu_time else take
        worse.close()
        return (take if worse is second else second), runs

    def _is_just_over(self, execution: Execution) -> bool:
        """Ended well by itself, passing nothing but its cpu limit: the one end that a busy machine can cause."""
        return (
            execution.ending is Ending.EXITED
            and execution.exit_code == 0
            and execution.limits_passed == (Limit.CPU_TIME,)
            and execution.cpu_time < self.submission.limits.cpu_time * self.bench.policy.kill_cpu_factor
        )

    def _request(self, index: int, test: TestCase) -> CheckRequest:
        revision = self.submission.revision
        interaction = revision.setup.interaction
        judge = revision.checker.arguments if interaction is None or not interaction.judges else interaction.arguments
        sources = self.submission.sources
        return CheckRequest(
            arguments=(*judge, *test.extras.checker_arguments),
            position=index + 1,
            points=self.sheet.max_points(test) or 1.0,
            language=self.submission.language,
            source=sources[0].content if sources else b"",
        )

    def _result(self, index: int, test: TestCase, passes: list[_Pass]) -> TestResult:
        last = passes[-1]
        limit = self.submission.limits.cpu_time
        cpu_time = max(each.execution.cpu_time for each in passes)
        judgement, execution = last.judgement, last.execution
        where = f"pass {len(passes)}: " if len(passes) > 1 and judgement.message else ""
        return TestResult(
            index=index,
            name=test.name,
            group=test.group,
            sample=test.sample,
            verdict=judgement.verdict,
            message=where + judgement.message,
            share=judgement.share,
            points=self.sheet.points(test, judgement.share, judgement.points),
            cpu_time=cpu_time,
            wall_time=max(each.execution.wall_time for each in passes),
            memory=max(each.execution.memory for each in passes),
            exit_code=execution.exit_code,
            signal=execution.signal,
            margin=(limit - cpu_time) / limit,
            runs=tuple(run for each in passes for run in each.runs),
            stdout=execution.stdout_head,
            stderr=execution.stderr_head,
            comment=judgement.comment.encode(errors="replace")[:COMMENT_SIZE],
        )


def _times(execution: Execution) -> RunTimes:
    return RunTimes(execution.cpu_time, execution.wall_time)
