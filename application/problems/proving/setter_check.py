"""Whether the programs that judge submissions can be built here."""

from collections.abc import Iterator

from application.judging.checker_call import CheckerCall
from application.judging.checker_calls import call_of
from application.judging.exceptions import SetterProgramBroken
from application.judging.workbench import Workbench
from application.problems.packages import ProblemDraft
from application.sandbox import SandboxPool
from domain.problems.entities import Complaint
from domain.problems.files import PackageProgram


async def broken_judges(draft: ProblemDraft, pool: SandboxPool, bench: Workbench) -> tuple[Complaint, ...]:
    """Complaints of checker, interactor and graders. Raises SandboxFailure, BlobMissing."""
    complaints: list[Complaint] = []
    for program, call in dict(_judges(draft)).items():
        try:
            async with pool.slot() as sandbox:
                await bench.programs.prepare(sandbox, program, draft.setup.checker_limits, call)
        except SetterProgramBroken as broken:
            complaints.append(Complaint(broken.message, broken.path))
    return tuple(complaints)


def _judges(draft: ProblemDraft) -> Iterator[tuple[PackageProgram, CheckerCall | None]]:
    spec, interaction = draft.checker, draft.setup.interaction
    if spec.program is not None and spec.protocol is not None:
        yield spec.program, call_of(spec.protocol)
    if interaction is not None:
        yield interaction.program, call_of(interaction.protocol)
    for group in draft.groups:
        if group.grader is not None:
            yield group.grader, None
