"""Reference submissions on the slots of a worker, in parallel over submissions and over the tests of each."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from application.judging.compiled_submission import CompiledSubmission
from application.judging.exceptions import SetterProgramBroken
from application.judging.older_sources import STANDARD, is_older, with_all_headers
from application.judging.setter_programs import OTHER_STANDARDS
from application.judging.submission_judge import SubmissionJudge
from application.problems.proving.trial import Trial
from application.sandbox import Sandbox, SandboxFailure, SandboxPool
from domain.languages.entities import OUTPUT
from domain.problems.entities import Complaint
from domain.verdicts import Verdict

SLICE_SECONDS = 3.0
"""A slot is given back after so long, between two tests: jobs of contestants wait for slots too."""
MOST_FAILURES = 3
"""So often the sandbox may fail with one submission before the proof does."""


@dataclass(slots=True, kw_only=True)
class TrialRunner:
    """``told`` hears of every test that has been run."""

    pool: SandboxPool
    judge: SubmissionJudge
    told: Callable[[Trial, str], None]
    _change: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def __call__(self, trials: Sequence[Trial]) -> None:
        """See all to their end. Raises SandboxFailure, BlobMissing, or what the storage raises."""
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self.pool.slots if trials else 0):
                    group.create_task(self._work(trials))
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None
        finally:
            for trial in trials:
                if trial.submission is not None:
                    trial.submission.close()

    async def _work(self, trials: Sequence[Trial]) -> None:
        while (trial := await self._choose(trials)) is not None:
            try:
                async with self.pool.slot() as sandbox:
                    await self._serve(sandbox, trial)
            except SetterProgramBroken as broken:
                trial.broken = Complaint(broken.message, broken.path)
            except SandboxFailure:
                trial.failures += 1
                if trial.failures > MOST_FAILURES:
                    raise
                trial.started = trial.submission is not None  # not even compiled: once more
            finally:
                async with self._change:
                    trial.at_work -= 1
                    if trial.submission is not None and not trial.at_work and not trial.is_open:
                        trial.submission.close()
                    self._change.notify_all()

    async def _choose(self, trials: Sequence[Trial]) -> Trial | None:
        """One that was left in the middle, else the next one, else one that another slot has; None: nothing is left."""
        async with self._change:
            while True:
                begun = [trial for trial in trials if trial.is_open]
                fresh = (trial for trial in trials if not trial.started)
                chosen = next((t for t in begun if not t.at_work), None) or next(fresh, None) or next(iter(begun), None)
                if chosen is not None:
                    chosen.started = True
                    chosen.at_work += 1
                    return chosen
                if not any(trial.at_work for trial in trials):
                    return None
                await self._change.wait()  # for one that compiles now, or comes to its end

    async def _serve(self, sandbox: Sandbox, trial: Trial) -> None:
        if trial.submission is None:
            trial.submission = await self._compiled(sandbox, trial)
            trial.language = trial.submission.language
            if trial.submission.compiled.program is None:
                trial.skip_all("not run: the submission does not compile")
            async with self._change:
                self._change.notify_all()
        if trial.submission.compiled.program is None:
            return
        tester = await self.judge.tester(sandbox, trial.submission, trial.sheet)
        end = time.monotonic() + SLICE_SECONDS
        while time.monotonic() < end and (index := trial.next_test()) is not None:
            test = trial.revision.tests[index]
            try:
                result = await tester(index, test)
            except BaseException:
                trial.give_back(index)
                raise
            trial.add(index, result)
            self.told(trial, test.name)

    async def _compiled(self, sandbox: Sandbox, trial: Trial) -> CompiledSubmission:
        """By the first standard of its language that it compiles by, if it is meant to compile; C++ at last with every
        header, as older compilers took them along.
        """
        program = trial.reference.program
        sources = await self.judge.bench.programs.sources(program)
        available = self.judge.bench.toolchains.available()
        may_fail = any(e.verdicts is not None and Verdict.CE in e.verdicts for e in trial.reference.expectations)
        first: CompiledSubmission | None = None
        for candidate in (trial.language, *OTHER_STANDARDS.get(trial.language, ())):
            if candidate != OUTPUT and candidate not in available:
                continue
            made = await self.judge.compile(sandbox, trial.revision, candidate, sources, program.main)
            if made.compiled.program is not None or may_fail:
                return made
            first = first or made
        assert first is not None  # the language itself is there
        said = first.compiled.result.output if first.compiled.result else ""
        if is_older(first.language, said) and STANDARD in available:
            made = await self.judge.compile(sandbox, trial.revision, STANDARD, with_all_headers(sources), program.main)
            if made.compiled.program is not None:
                return made
        return first
