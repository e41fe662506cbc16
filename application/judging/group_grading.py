"""Graders of a setter's own: programs that add up a group's results (the Kattis/ICPC format's custom graders)."""

import math
from dataclasses import dataclass

from application.contents import BytesContent
from application.judging.box_files import head
from application.judging.exceptions import SetterProgramBroken
from application.judging.setter_programs import limits_of
from application.judging.workbench import Workbench
from application.sandbox import Command, Sandbox
from domain.problems.setup import ProgramLimits
from domain.submissions.group_tree import Grading
from domain.submissions.scoring import ScoreSheet
from domain.verdicts import Verdict

_SAID = {"AC": Verdict.AC, "WA": Verdict.WA, "RTE": Verdict.RTE, "TLE": Verdict.TLE, "MLE": Verdict.MLE,
         "OLE": Verdict.OLE, "JE": Verdict.JE}  # fmt: skip
_TOLD = {Verdict.PE: "WA", Verdict.PA: "AC"}
_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupGrading:
    """Grades all groups of a sheet that have a grader of their own, the inner ones first."""

    bench: Workbench
    sandbox: Sandbox

    async def __call__(self, sheet: ScoreSheet, limits: ProgramLimits) -> None:
        """Source: the legacy problem package format, graders: a line ``AC 5`` for each test or group on stdin, one
        such line on stdout, exit code 0. Raises SetterProgramBroken, SandboxFailure.
        """
        while (grading := sheet.to_grade()) is not None:
            verdict, score = await self._graded(grading, limits)
            sheet.grade(grading.group, verdict, score)

    async def _graded(self, grading: Grading, limits: ProgramLimits) -> tuple[Verdict, float]:
        grader = grading.group.grader
        assert grader is not None  # to_grade gives no others
        program = await self.bench.programs.prepare(self.sandbox, grader, limits)
        await self.sandbox.load(program.artefacts)
        lines = "".join(f"{_TOLD.get(o.verdict, o.verdict)} {o.score:g}\n" for o in grading.outcomes)
        outcome = await self.sandbox.run(
            Command(
                argv=(*program.build.run_argv, *grading.group.grader_arguments),
                env=program.build.run_env,
                limits=limits_of(limits),
                stdin=BytesContent(lines.encode()),
                address_space=False,
            )
        )
        said = head(outcome.stdout, _SHOWN).decode(errors="replace")
        outcome.close()
        if not outcome.execution.succeeded:
            raise SetterProgramBroken(grader.path, f"the grader of {grading.group.name} failed: {outcome.execution}")
        words = said.split()
        try:
            verdict, score = _SAID[words[0]], float(words[1])
        except (IndexError, KeyError, ValueError):
            verdict, score = Verdict.JE, math.nan
        if not math.isfinite(score) or len(words) != 2:  # a verdict and a score
            raise SetterProgramBroken(grader.path, f"the grader of {grading.group.name} said {said!r}, not 'AC 5'")
        return verdict, score
