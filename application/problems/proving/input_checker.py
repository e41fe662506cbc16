"""Input validators over every test."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from application.judging.box_files import head, opened
from application.judging.checker_call import INPUT
from application.judging.data_files import data_files
from application.judging.exceptions import SetterProgramBroken
from application.judging.setter_programs import MIB, limits_of
from application.judging.workbench import Workbench
from application.problems.packages import DraftTest, ProblemDraft
from application.problems.proving.progress import Progress, Report
from application.problems.proving.slots import on_slots
from application.sandbox import BoxFile, Command, Sandbox, SandboxPool
from domain.problems.entities import Complaint
from domain.problems.enums import CheckerProtocol
from domain.problems.files import BUILD_SCRIPT
from domain.problems.material import InputValidator
from domain.problems.setup import ProgramLimits
from domain.runs.enums import Ending

_ICPC_VALID = 42
_SAID = 500
_LACKS_A_MODULE = "ModuleNotFoundError: "
_LACKS_A_FILE = (": No such file or directory", _LACKS_A_MODULE)
CPU_TIME, MEMORY = timedelta(seconds=60), 4096 * MIB
MOST_REFUSED = 20
"""After so many refused inputs the others are not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputChecker:
    """One that cannot be built because its language is not here, or a file or module that it needs (which public
    packages often have outside of themselves), is a warning: its word is missing, not against.
    """

    pool: SandboxPool
    bench: Workbench

    async def __call__(
        self, draft: ProblemDraft, report: Report
    ) -> tuple[tuple[Complaint, ...], tuple[Complaint, ...]]:
        """Complaints and warnings."""
        complaints: list[Complaint] = []
        warnings: list[Complaint] = []
        usable: list[InputValidator] = []
        for validator in draft.material.validators:
            language = validator.program.language
            if language != BUILD_SCRIPT and language not in self.bench.toolchains.available():
                missing = f"was not run: its language ({language}) is not on this machine"
                warnings.append(Complaint(missing, validator.program.path))
                continue
            try:
                async with self.pool.slot() as sandbox:
                    await self.bench.programs.prepare(sandbox, validator.program, draft.setup.checker_limits)
                usable.append(validator)
            except SetterProgramBroken as broken:
                lacks = any(mark in broken.message for mark in _LACKS_A_FILE)
                message = f"was not run: {broken.message}" if lacks else broken.message
                (warnings if lacks else complaints).append(Complaint(message, broken.path))
        work = [(validator, test) for validator in usable for test in _different(draft.tests) if test.input is not None]
        done = refused = 0
        unfit: dict[str, Complaint] = {}

        async def checked(sandbox: Sandbox, item: tuple[InputValidator, DraftTest]) -> Complaint | None:
            nonlocal done, refused
            path = item[0].program.path
            if refused >= MOST_REFUSED or path in unfit:
                return None
            found = await self._check(sandbox, *item, draft.setup.checker_limits)
            done += 1
            if found is not None and _LACKS_A_MODULE in found.message:
                unfit[path] = Complaint(
                    "was not run: it lacks a module: " + found.message.rpartition(_LACKS_A_MODULE)[2], path
                )
                return None
            refused += found is not None
            report(Progress("validate", done, len(work), item[1].name))
            return found

        found = await on_slots(self.pool, work, checked)
        complaints += [complaint for complaint in found if complaint is not None]
        return tuple(complaints), (*warnings, *unfit.values())

    async def _check(
        self, sandbox: Sandbox, validator: InputValidator, test: DraftTest, limits: ProgramLimits
    ) -> Complaint | None:
        assert test.input is not None
        program = await self.bench.programs.prepare(sandbox, validator.program, limits)
        await sandbox.load(program.artefacts)
        by_path = validator.protocol is CheckerProtocol.CMS
        async with (
            opened(self.bench.blobs, test.input) as given,
            data_files(self.bench.blobs, validator.program) as files,
        ):
            outcome = await sandbox.run(
                Command(
                    argv=(
                        *program.build.run_argv,
                        *((INPUT,) if by_path else ()),
                        *validator.arguments,
                        *test.extras.validator_arguments,
                    ),
                    env=program.build.run_env,
                    limits=limits_of(_at_least(limits, validator)),
                    stdin=None if by_path else given,
                    files=(*files, *((BoxFile(INPUT.removeprefix("/box/"), given),) if by_path else ())),
                    address_space=False,
                )
            )
        said = (head(outcome.stderr, _SAID) or head(outcome.stdout, _SAID)).decode(errors="replace").strip()
        outcome.close()
        execution = outcome.execution
        valid = _ICPC_VALID if validator.protocol is CheckerProtocol.ICPC else 0
        if execution.ending is Ending.EXITED and execution.exit_code == valid and not execution.limits_passed:
            return None
        code = f"exit code {execution.exit_code}" if execution.exit_code is not None else f"signal {execution.signal}"
        limit = f"passed its limit of {execution.first_limit}, " if execution.first_limit else ""
        message = f"the input of test {test.name} is refused by {validator.program.path} ({limit}{code}): {said}"
        return Complaint(message.rstrip(": "), test.source or None)


def _at_least(limits: ProgramLimits, validator: InputValidator) -> ProgramLimits:
    """A validator reads the largest inputs in whatever language it is written, and only once. The ICPC format alone
    states its time.
    """
    stated = limits.cpu_time if validator.protocol is CheckerProtocol.ICPC else None
    cpu_time = stated or max(limits.cpu_time or CPU_TIME, CPU_TIME)
    return replace(limits, cpu_time=cpu_time, memory=max(limits.memory or 0, MEMORY))


def _different(tests: Iterable[DraftTest]) -> Iterator[DraftTest]:
    """Without those that are the same to a validator as one before."""
    seen: set[object] = set()
    for test in tests:
        key = test.input, test.extras.validator_arguments
        if key not in seen:
            seen.add(key)
            yield test
