"""Answers that a package lacks, by its main solution."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

from application.contents import BytesContent
from application.judging.box_files import opened
from application.judging.checker_call import CheckRequest
from application.judging.compiled_submission import CompiledSubmission
from application.judging.exceptions import SetterProgramBroken
from application.judging.older_sources import STANDARD, is_older, with_all_headers
from application.judging.setter_programs import MIB, OTHER_STANDARDS
from application.judging.submission_judge import SubmissionJudge
from application.judging.take import PassInput
from application.problems.packages import DraftTest, ProblemDraft
from application.problems.revision_builder import RevisionBuilder
from application.sandbox import Content, Sandbox
from domain.problems.entities import Revision, TestCase
from domain.problems.files import PackageProgram
from domain.verdicts import Verdict

CPU_TIME = timedelta(seconds=60)
MEMORY, OUTPUT_SIZE = 2048 * MIB, 1024 * MIB


@dataclass(slots=True, kw_only=True)
class MainSolution:
    """Run as a submission is, with the problem's stubs, files and interactor, under wider limits. Compiled once."""

    judge: SubmissionJudge
    builder: RevisionBuilder
    draft: ProblemDraft
    _compiled: CompiledSubmission | None = None
    _compiling: asyncio.Lock = field(default_factory=asyncio.Lock)

    def close(self) -> None:
        """Give its artefacts back."""
        if self._compiled is not None:
            self._compiled.close()

    async def answer(self, sandbox: Sandbox, test: DraftTest) -> Content:
        """What the checker compares with; the caller closes it.

        Raises SetterProgramBroken, SandboxFailure, BlobMissing.
        """
        interaction = self.draft.setup.interaction
        if interaction is not None and interaction.judges:
            return BytesContent(b"")  # it knows what is right; there is nothing to compare
        solution = self.draft.solution
        if solution is None or test.input is None or self.draft.setup.output_only:
            raise SetterProgramBroken(test.source, "has no answer, and the package has no main solution to make it")
        compiled = await self._prepared(sandbox, solution)
        assert compiled.compiled.program is not None
        conduct = await self.judge.conduct(sandbox, compiled)
        await sandbox.load(compiled.compiled.program.artefacts)
        nothing = BytesContent(b"")
        async with opened(self.judge.bench.blobs, test.input) as given:
            case = TestCase(name=test.name, input=test.input, answer=test.input, extras=test.extras)
            take = await conduct.take(PassInput(test=case, input=given, answer=nothing, request=CheckRequest()))
        for file in take.feedback:
            file.content.close()
        if take.judgement is not None and take.judgement.verdict is not Verdict.AC:
            take.output.close()
            said = take.execution.stderr_head.decode(errors="replace").strip()[:500]
            message = f"the main solution made no answer to test {test.name}: {take.judgement.message} {said}"
            raise SetterProgramBroken(solution.path, message.strip())
        return take.output

    async def _prepared(self, sandbox: Sandbox, solution: PackageProgram) -> CompiledSubmission:
        async with self._compiling:
            if self._compiled is None:
                self._compiled = await self._compile(sandbox, solution)
        return self._compiled

    async def _compile(self, sandbox: Sandbox, solution: PackageProgram) -> CompiledSubmission:
        sources = await self.judge.bench.programs.sources(solution)
        available = self.judge.bench.toolchains.available()
        complaint = f"is in the language {solution.language or 'unknown'}, which is not on this machine"
        for language in (solution.language, *OTHER_STANDARDS.get(solution.language or "", ())):
            if language is None or language not in available:
                continue
            made = await self.judge.compile(sandbox, self._revision(), language, sources, solution.main)
            if made.compiled.program is not None:
                return made
            said = made.compiled.result.output[:500] if made.compiled.result else ""
            complaint = f"does not compile: {made.compiled.message} {said}".strip()
            if is_older(language, said) and STANDARD in available:
                full = with_all_headers(sources)
                made = await self.judge.compile(sandbox, self._revision(), STANDARD, full, solution.main)
                if made.compiled.program is not None:
                    return made
        raise SetterProgramBroken(solution.path, f"the main solution, which is to make answers, {complaint}")

    def _revision(self) -> Revision:
        limits = replace(
            self.draft.limits,
            cpu_time=CPU_TIME,
            wall_time=None,
            memory=max(MEMORY, self.draft.limits.memory or 0),
            output=max(OUTPUT_SIZE, self.draft.limits.output or 0),
        )
        setup = replace(self.draft.setup, language_limits={}, absolute_limits=True, languages=None, code_size=None)
        return self.builder.revision(replace(self.draft, limits=limits, setup=setup, tests=()))
