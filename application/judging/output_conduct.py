from dataclasses import dataclass
from datetime import timedelta

from application.contents import BytesContent
from application.judging.compiled_submission import CompiledSubmission
from application.judging.take import PassInput, Take
from domain.problems.entities import TestCase
from domain.runs.entities import Execution, SourceFile
from domain.runs.enums import Ending
from domain.submissions.verdicts import Judgement
from domain.verdicts import Verdict

_NOT_RUN = Execution(
    ending=Ending.EXITED,
    exit_code=0,
    signal=None,
    cpu_time=timedelta(),
    wall_time=timedelta(),
    memory=0,
    limits_passed=(),
    stdout_size=0,
    stderr_size=0,
    stdout_head=b"",
    stderr_head=b"",
    isolation="",
)
"""Of a submission that is no program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputConduct:
    """The submission is the outputs themselves: nothing is run."""

    submission: CompiledSubmission

    async def take(self, given: PassInput) -> Take:
        """The file for the test; without one the test is wrong."""
        only_test = len(self.submission.revision.tests) == 1
        found = output_for(given.test, self.submission.sources, only_test=only_test)
        if found is None:
            judgement = Judgement(Verdict.WA, f"wrong answer; no file for the test {given.test.name} was submitted")
            return Take(execution=_NOT_RUN, output=BytesContent(b""), judgement=judgement)
        return Take(execution=_NOT_RUN, output=BytesContent(found.content))


def output_for(test: TestCase, sources: tuple[SourceFile, ...], *, only_test: bool) -> SourceFile | None:
    """The file for one test: called as the test but for its ending ("2.out"), or ``output_`` and its last part, as CMS
    has it ("output_002.txt"); of a problem with one test any single file.
    """
    if only_test and len(sources) == 1:
        return sources[0]
    short = test.name.rpartition("/")[2]
    wanted = {test.name.replace("/", "_"), short, f"output_{short}", f"output{short}"}
    return next((source for source in sources if _stem(source.name) in wanted or source.name in wanted), None)


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name
