"""One run of a submission in talk with the setter's interactor."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from application.contents import BytesContent
from application.judging.box_files import opened_files
from application.judging.checker_call import ANSWER, INPUT, OUTPUT, CheckerCall, written_out
from application.judging.compilation import Program
from application.judging.compiled_submission import CompiledSubmission
from application.judging.conduct import command_for
from application.judging.exceptions import SetterProgramBroken
from application.judging.program_checker import feedback_files, said
from application.judging.take import PassInput, Take
from application.judging.wiring import INTERACTOR, Wiring, participant_of, wiring_of
from application.judging.workbench import Workbench
from application.sandbox import BoxFile, Command, Grace, Outcome, Sandbox
from domain.problems.enums import CheckerProtocol
from domain.problems.setup import Interaction
from domain.runs.entities import Execution, Limits
from domain.runs.first_end import End, hung_up
from domain.runs.joint_end import joint_end
from domain.submissions.entities import CheckResult
from domain.submissions.interactive_verdict import judge_conversation
from domain.submissions.verdicts import judge_execution
from domain.verdicts import Verdict

_BOX = "/box/"
_INPUT, _ANSWER, _OUTPUT = (path.removeprefix(_BOX) for path in (INPUT, ANSWER, OUTPUT))
_MANAGERS_INPUT = "input.txt"
"""Where a CMS manager may open its input. Source: CMS, ``Communication.INPUT_FILENAME``."""
_FEEDBACK = "feedback/"
_WITHOUT_PATHS = "landlock"
_MOST_COLLECTED = 256 * 1024 * 1024
_GRACE_OF_CPU = timedelta(seconds=1)
_PATIENCE = timedelta(seconds=0.5)
_GOOD = (Verdict.AC, Verdict.PA)


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractiveConduct:
    """``sandbox`` is the slot; the interactor is in its first companion, the submission's further processes in those
    after it. ``own_limits`` are the interactor's.
    """

    sandbox: Sandbox
    bench: Workbench
    submission: CompiledSubmission
    interaction: Interaction
    program: Program
    call: CheckerCall
    own_limits: Limits

    async def load(self) -> None:
        """Everything but the slot itself, once for all tests. Raises SetterProgramBroken, SandboxFailure."""
        wiring = wiring_of(self.interaction)
        if wiring.named and self.sandbox.isolation.startswith(_WITHOUT_PATHS):
            raise SetterProgramBroken(
                self.interaction.program.path,
                f"opens its pipes by their paths; this worker's sandbox, of the level {_WITHOUT_PATHS}, has none",
            )
        await self.sandbox.companion(INTERACTOR).load(self.program.artefacts)
        assert self.submission.compiled.program is not None  # who does not compile is not run
        for process in range(1, self.interaction.processes):
            await self.sandbox.companion(participant_of(process)).load(self.submission.compiled.program.artefacts)

    async def take(self, given: PassInput) -> Take:
        """Raises as the protocol has it."""
        wiring = wiring_of(self.interaction)
        async with opened_files(self.bench.blobs, given.test.extras.files) as files:
            command = command_for(self.submission, given.test, self.bench.policy.kill_cpu_factor, files=files)
            command = replace(command, limits=self.limits)
            processes = [replace(command, argv=(*command.argv, *more)) for more in wiring.arguments]
            commands = (processes[0], self._interactor(given, wiring), *processes[1:])
            theirs = [participant_of(process) for process in range(self.interaction.processes)]
            outcomes = await self.sandbox.converse(commands, wiring.wires, self._grace(given), theirs)
        try:
            return self._judged(outcomes, given)
        except BaseException:
            for outcome in outcomes:
                outcome.close()
            raise

    @property
    def limits(self) -> Limits:
        """Of each process of the submission. It waits while the others work, on the same core: its wall limit grows by
        their cpu limits, by the interactor's at most to twice what it was, so that a deadlock ends soon.
        """
        limits = self.submission.limits
        others = limits.cpu_time * (self.interaction.processes - 1)
        return replace(limits, wall_time=limits.wall_time + others + min(self.own_limits.cpu_time, limits.wall_time))

    @property
    def interactor_limits(self) -> Limits:
        """It outlasts the submission, and may work as long as that may. Source: CMS, ``Communication.py``, on the
        manager's limit of time.
        """
        own, theirs = self.own_limits, self.limits
        cpu_time = max(own.cpu_time, self.interaction.processes * (theirs.cpu_time + _GRACE_OF_CPU))
        return replace(own, cpu_time=cpu_time, wall_time=max(own.wall_time, cpu_time) + theirs.wall_time)

    def _interactor(self, given: PassInput, wiring: Wiring) -> Command:
        manager = self.interaction.protocol is CheckerProtocol.CMS
        build, call = self.program.build, self.call
        return Command(
            argv=(
                *build.run_argv,
                *(written_out(given.request) or call.interactor_arguments(given.request, wiring.pipes)),
            ),
            env=build.run_env,
            limits=self.interactor_limits,
            stdin=given.input if manager else None,
            files=(
                BoxFile(_INPUT, given.input),
                BoxFile(_ANSWER, given.answer),
                *((BoxFile(_MANAGERS_INPUT, given.input),) if manager else ()),
                *feedback_files(call, given.carried),
                *call.files(given.request),
            ),
            collect=(_OUTPUT, f"{_FEEDBACK}*"),
            collect_size=_MOST_COLLECTED,
            collect_always=True,
            address_space=False,
        )

    def _grace(self, given: PassInput) -> Grace:
        """Who cannot change the verdict any more need not go on to its limits."""

        def grace(participant: int, outcome: Outcome) -> timedelta | None:
            execution = outcome.execution
            if participant == INTERACTOR:
                result, _ = self._result(outcome, None, given)
                return _PATIENCE if result is None or result.verdict not in _GOOD else None
            # whose pipe broke may have been cut off by an interactor that is about to judge
            return None if execution.succeeded or hung_up(execution) else _PATIENCE

        return grace

    def _judged(self, outcomes: Sequence[Outcome], given: PassInput) -> Take:
        ends = [End(outcome.execution, outcome.ended_at) for outcome in outcomes]
        interactor = ends.pop(INTERACTOR)
        program = joint_end(ends, self.submission.limits.cpu_time)
        own = judge_execution(program.execution, self.limits, self.submission.memory_exhaustion)
        result, complaint = self._result(outcomes[INTERACTOR], program.execution, given)
        judgement = judge_conversation(program, own, interactor, result)
        if judgement is None:
            raise SetterProgramBroken(self.interaction.program.path, complaint)
        left = outcomes[INTERACTOR].artefacts
        output = next((file.content for file in left if file.name == _OUTPUT), None)
        feedback = tuple(file for file in left if file.name.startswith(_FEEDBACK))
        for outcome in outcomes:
            outcome.stdout.close()
            outcome.stderr.close()
        return Take(
            execution=program.execution,
            output=output or BytesContent(b""),
            # one that does not judge hands over to the checker by saying that all is well so far
            judgement=None if judgement.verdict in _GOOD and not self.interaction.judges else judgement,
            result=result,
            feedback=feedback,
        )

    def _result(
        self, outcome: Outcome, execution: Execution | None, given: PassInput
    ) -> tuple[CheckResult | None, str]:
        """What it said; or None and how it broke its contract. ``execution`` is the submission's."""
        if outcome.collect_overflow:
            return None, f"wrote more than {_MOST_COLLECTED} bytes of output and feedback"
        request = replace(given.request, execution=execution)
        try:
            return self.call.interactor_result(said(outcome), request), ""
        except SetterProgramBroken as broken:
            return None, broken.message
