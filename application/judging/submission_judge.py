"""From a submission and a revision to a tester for each test."""

from dataclasses import dataclass

from application.judging.checker_calls import call_of
from application.judging.compilation import Compiled, Program, compile_sources
from application.judging.compiled_submission import CompiledSubmission
from application.judging.conduct import BatchConduct, Conduct
from application.judging.group_grading import GroupGrading
from application.judging.interactive_conduct import InteractiveConduct
from application.judging.output_conduct import OutputConduct
from application.judging.program_checker import ProgramChecker
from application.judging.program_tester import ProgramTester
from application.judging.setter_programs import limits_of
from application.judging.submission_sources import assemble, check_allowed
from application.judging.workbench import Workbench
from application.languages.toolchains import Build
from application.sandbox import Sandbox
from domain.exceptions import Invalid
from domain.languages.entities import OUTPUT, LanguageId, MemoryExhaustion
from domain.problems.entities import Revision
from domain.problems.setup import Interaction
from domain.runs.entities import Limits, SourceFile
from domain.submissions.entities import JobResult
from domain.submissions.limits import limits_for
from domain.submissions.scoring import ScoreSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionJudge:
    """Holds nothing of a single job."""

    bench: Workbench

    async def compile(
        self,
        sandbox: Sandbox,
        revision: Revision,
        language: LanguageId,
        sources: tuple[SourceFile, ...],
        main: str | None = None,
    ) -> CompiledSubmission:
        """Together with the problem's stubs; ``main`` is the file (or Java class) to start with where neither they nor
        the language know it. Raises SandboxFailure, BlobMissing; KeyError for a language that is not
        here.
        """
        if language == OUTPUT:
            return self._outputs(revision, sources)
        toolchain = self.bench.toolchains.available()[language]
        limits = limits_for(
            revision,
            language,
            time_factor=toolchain.time_factor,
            memory_addition=toolchain.memory_addition,
        )
        try:
            check_allowed(revision.setup, language, sources)
        except Invalid as error:
            compiled = Compiled(None, None, str(error))
        else:
            assembled = await assemble(revision.setup, language, sources, self.bench.blobs)
            compiled = await compile_sources(
                sandbox, toolchain, assembled.files, limits, self.bench.policy.compile_output, assembled.main or main
            )
        return CompiledSubmission(
            revision=revision,
            language=language,
            sources=sources,
            limits=limits,
            compiled=compiled,
            memory_exhaustion=toolchain.memory_exhaustion,
            address_space=toolchain.address_space,
        )

    def _outputs(self, revision: Revision, sources: tuple[SourceFile, ...]) -> CompiledSubmission:
        complaint = ""
        try:
            check_allowed(revision.setup, OUTPUT, sources)
        except Invalid as error:
            complaint = str(error)
        limits = limits_for(revision, OUTPUT)
        program = None if complaint else Program(_nothing_to_run(limits), ())
        return CompiledSubmission(
            revision=revision,
            language=OUTPUT,
            sources=sources,
            limits=limits,
            compiled=Compiled(program, None, complaint),
            memory_exhaustion=MemoryExhaustion(),
        )

    async def tester(self, sandbox: Sandbox, submission: CompiledSubmission, sheet: ScoreSheet) -> ProgramTester:
        """Loaded into this slot, ready for tests in whatever order. Raises SetterProgramBroken, SandboxFailure."""
        program = submission.compiled.program
        assert program is not None  # who does not compile is not tested
        checker = await self._checker(sandbox, submission.revision)
        conduct = await self.conduct(sandbox, submission)
        await sandbox.load(program.artefacts)
        return ProgramTester(
            bench=self.bench, submission=submission, conduct=conduct, program_checker=checker, sheet=sheet
        )

    async def conclude(self, sandbox: Sandbox, revision: Revision, sheet: ScoreSheet) -> JobResult:
        """The end, once every test has its result: graders of the setter's own are run. Raises SetterProgramBroken,
        SandboxFailure.
        """
        if sheet.to_grade() is not None:
            await GroupGrading(bench=self.bench, sandbox=sandbox.companion(1))(sheet, revision.setup.checker_limits)
        return sheet.conclude()

    async def _checker(self, sandbox: Sandbox, revision: Revision) -> ProgramChecker | None:
        spec = revision.checker
        if spec.program is None or spec.protocol is None:
            return None
        call = call_of(spec.protocol)
        limits = revision.setup.checker_limits
        interaction = revision.setup.interaction
        beside = sandbox.companion(1 + (interaction.processes if interaction else 0))  # the first are taken
        program = await self.bench.programs.prepare(beside, spec.program, limits, call)
        checker = ProgramChecker(
            sandbox=beside, program=program, path=spec.program.path, call=call, limits=limits_of(limits)
        )
        await checker.load()
        return checker

    async def conduct(self, sandbox: Sandbox, submission: CompiledSubmission) -> Conduct:
        """How it is run, with whom it talks in place; the caller loads the submission itself. Raises as ``tester``."""
        if submission.revision.setup.interaction is not None:
            return await self._interactive(sandbox, submission, submission.revision.setup.interaction)
        if submission.language == OUTPUT:
            return OutputConduct(submission=submission)
        return BatchConduct(sandbox=sandbox, bench=self.bench, submission=submission)

    async def _interactive(
        self, sandbox: Sandbox, submission: CompiledSubmission, interaction: Interaction
    ) -> InteractiveConduct:
        call, limits = call_of(interaction.protocol), submission.revision.setup.checker_limits
        conduct = InteractiveConduct(
            sandbox=sandbox,
            bench=self.bench,
            submission=submission,
            interaction=interaction,
            program=await self.bench.programs.prepare(sandbox.companion(1), interaction.program, limits, call),
            call=call,
            own_limits=limits_of(limits),
        )
        await conduct.load()
        return conduct


def _nothing_to_run(limits: Limits) -> Build:
    return Build(
        sources=(), compile_argv=None, compile_env={}, compile_limits=limits, collect=(), run_argv=(), run_env={}
    )
