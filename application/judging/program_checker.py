"""A setter's checker: run in a box beside the submission's, on the slot's own core."""

from dataclasses import dataclass, replace

from application.contents import BytesContent
from application.judging.box_files import head
from application.judging.checker_call import (
    ANSWER,
    FEEDBACK,
    HEAD,
    INPUT,
    OUTPUT,
    CheckerCall,
    CheckRequest,
    Said,
    written_out,
)
from application.judging.compilation import Program
from application.judging.exceptions import SetterProgramBroken
from application.judging.take import PassInput
from application.sandbox import BoxFile, Command, Content, Outcome, Sandbox
from domain.runs.entities import Execution, Limits
from domain.submissions.entities import CheckResult

_BOX = "/box/"
_FEEDBACK = FEEDBACK.removeprefix(_BOX)
KEPT = f"{_FEEDBACK}.proba"
"""An empty file: with it the feedback directory is there before the program is."""
MOST_FEEDBACK = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Checked:
    """``feedback`` is what lay in the feedback directory at the end, to be laid there again for the next pass."""

    result: CheckResult
    feedback: tuple[BoxFile, ...] = ()

    def close(self) -> None:
        """Give the files back."""
        for file in self.feedback:
            file.content.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramChecker:
    """``path`` is where the program stands in the package. ``sandbox`` is the companion whose /app holds it."""

    sandbox: Sandbox
    program: Program
    path: str
    call: CheckerCall
    limits: Limits

    async def load(self) -> None:
        """Once for all tests of a job."""
        await self.sandbox.load(self.program.artefacts)

    async def check(self, given: PassInput, output: Content, execution: Execution) -> Checked:
        """``execution`` is the submission's, of ``output``. Raises SetterProgramBroken, SandboxFailure."""
        request = replace(given.request, execution=execution)
        build = self.program.build
        call = self.call
        outcome = await self.sandbox.run(
            Command(
                argv=(*build.run_argv, *(written_out(request) or call.arguments(request))),
                env=build.run_env,
                limits=self.limits,
                stdin=output if call.output_on_stdin else None,
                files=(
                    BoxFile(INPUT.removeprefix(_BOX), given.input),
                    BoxFile(ANSWER.removeprefix(_BOX), given.answer),
                    *(() if call.output_on_stdin else (BoxFile(OUTPUT.removeprefix(_BOX), output),)),
                    *feedback_files(call, given.carried),
                    *call.files(request),
                ),
                collect=(f"{_FEEDBACK}*",) if call.feedback else (),
                collect_size=MOST_FEEDBACK,
                collect_always=True,
                address_space=False,
            )
        )
        try:
            result = self._result(outcome, request)
        except BaseException:
            outcome.close()
            raise
        outcome.stdout.close()
        outcome.stderr.close()
        return Checked(result, outcome.artefacts)

    def _result(self, outcome: Outcome, request: CheckRequest) -> CheckResult:
        if outcome.collect_overflow:
            raise SetterProgramBroken(self.path, f"wrote more than {MOST_FEEDBACK} bytes of feedback")
        try:
            return self.call.result(said(outcome), request)
        except SetterProgramBroken as broken:
            raise SetterProgramBroken(self.path, broken.message) from broken


def feedback_files(call: CheckerCall, carried: tuple[BoxFile, ...]) -> tuple[BoxFile, ...]:
    """What makes the feedback directory, with what the pass before has left in it (but for its order of a next one)."""
    if not call.feedback:
        return ()
    left = tuple(file for file in carried if file.name not in (KEPT, NEXT_PASS))
    return (BoxFile(KEPT, BytesContent(b"")), *left)


NEXT_PASS = f"{_FEEDBACK}nextpass.in"
"""The input of one more run. Source: the Kattis/ICPC problem package format, multi-pass validation."""


def said(outcome: Outcome) -> Said:
    """Heads of all that a setter's program has left."""
    return Said(
        execution=outcome.execution,
        stdout=head(outcome.stdout, HEAD),
        stderr=head(outcome.stderr, HEAD),
        feedback={
            file.name.removeprefix(_FEEDBACK): head(file.content, HEAD)
            for file in outcome.artefacts
            if file.name.startswith(_FEEDBACK) and file.name != KEPT
        },
    )
