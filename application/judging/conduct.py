"""How one run of a submission is conducted: on a file, or in talk with an interactor."""

from dataclasses import dataclass
from typing import Protocol

from application.contents import BytesContent
from application.judging.box_files import opened_files
from application.judging.compiled_submission import CompiledSubmission
from application.judging.take import PassInput, Take
from application.judging.workbench import Workbench
from application.sandbox import BoxFile, Command, Content, Outcome, Sandbox
from domain.problems.entities import TestCase
from domain.runs.entities import Limits
from domain.submissions.verdicts import Judgement, judge_execution
from domain.verdicts import Verdict

_NOTHING = BytesContent(b"")


class Conduct(Protocol):
    """One job's way of running its tests."""

    async def take(self, given: PassInput) -> Take:
        """One run. Raises SetterProgramBroken, SandboxFailure, BlobMissing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchConduct:
    """The test's input goes in, the output is taken; each by stdin and stdout, or by a file of the problem's name."""

    sandbox: Sandbox
    bench: Workbench
    submission: CompiledSubmission

    async def take(self, given: PassInput) -> Take:
        """As the protocol has it; of a run of its own nothing is carried from pass to pass but the input."""
        setup = self.submission.revision.setup
        async with opened_files(self.bench.blobs, given.test.extras.files) as files:
            in_file = () if setup.input_file is None else (BoxFile(setup.input_file, given.input),)
            command = command_for(
                self.submission,
                given.test,
                self.bench.policy.kill_cpu_factor,
                stdin=None if in_file else given.input,
                files=(*files, *in_file),
                output_file=setup.output_file,
            )
            outcome = await self.sandbox.run(command)
        judgement = judge_execution(outcome.execution, self.submission.limits, self.submission.memory_exhaustion)
        if setup.output_file is None:
            outcome.stderr.close()
            return Take(execution=outcome.execution, output=outcome.stdout, judgement=judgement)
        return _from_file(outcome, setup.output_file, judgement, self.submission.limits)


def command_for(
    submission: CompiledSubmission,
    test: TestCase,
    kill_cpu_factor: float,
    *,
    stdin: Content | None = None,
    files: tuple[BoxFile, ...] = (),
    output_file: str | None = None,
) -> Command:
    """The submission's run of one test."""
    assert submission.compiled.program is not None  # who does not compile is not run
    build = submission.compiled.program.build
    return Command(
        argv=(*build.run_argv, *test.extras.arguments),
        env=build.run_env,
        limits=submission.limits,
        stdin=stdin,
        files=files,
        collect=() if output_file is None else (output_file,),
        collect_size=submission.limits.output,
        kill_cpu_factor=kill_cpu_factor,
        address_space=submission.address_space,
    )


def _from_file(outcome: Outcome, name: str, judgement: Judgement | None, limits: Limits) -> Take:
    found = next((file.content for file in outcome.artefacts if file.name == name), None)
    outcome.stdout.close()
    outcome.stderr.close()
    for file in outcome.artefacts:
        if file.content is not found:
            file.content.close()
    if judgement is None and outcome.collect_overflow:
        judgement = Judgement(Verdict.OLE, f"output limit exceeded: {name} has more than {limits.output} bytes")
    if judgement is None and found is None:
        judgement = Judgement(Verdict.WA, f"wrong answer; wrote no file {name}")
    return Take(execution=outcome.execution, output=found or _NOTHING, judgement=judgement)
