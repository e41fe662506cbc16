"""Tests that a package does not hold: made by its generators and its main solution."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

from application.blobs import BlobStorage
from application.judging.box_files import head
from application.judging.data_files import data_files
from application.judging.exceptions import SetterProgramBroken
from application.judging.setter_programs import MIB, limits_of
from application.judging.submission_judge import SubmissionJudge
from application.problems.packages import DraftTest, Generation, ProblemDraft
from application.problems.proving.main_solution import MainSolution
from application.problems.proving.progress import Progress, Report
from application.problems.proving.slots import on_slots
from application.problems.revision_builder import RevisionBuilder
from application.sandbox import Command, Content, Sandbox, SandboxPool
from domain.problems.entities import Complaint
from domain.problems.files import BlobRef
from domain.problems.setup import ProgramLimits
from domain.runs.entities import Execution

GENERATOR = ProgramLimits(cpu_time=timedelta(seconds=60), memory=2048 * MIB, output=1024 * MIB)
_CHUNK = 1024 * 1024
_SAID = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class TestMaker:
    """Equal commands are run once."""

    __test__ = False

    pool: SandboxPool
    judge: SubmissionJudge
    builder: RevisionBuilder

    @property
    def blobs(self) -> BlobStorage:
        """Where everything goes."""
        return self.judge.bench.blobs

    async def __call__(self, draft: ProblemDraft, report: Report) -> tuple[ProblemDraft, tuple[Complaint, ...]]:
        """The draft with every input and answer that could be made, and why the others could not."""
        complaints: dict[tuple[str, str | None], Complaint] = {}
        done = 0
        total = sum((test.input is None) + (test.answer is None) for test in draft.tests)

        def told(test: DraftTest) -> None:
            nonlocal done
            done += 1
            report(Progress("generate", done, total, test.name))

        def complain(message: str, file: str | None) -> None:
            complaints.setdefault((message, file), Complaint(message, file))

        generations = {t.generation: t for t in draft.tests if t.generation and (t.input is None or t.answer is None)}

        async def generated(sandbox: Sandbox, generation: Generation) -> tuple[BlobRef, BlobRef] | None:
            try:
                return await self._generated(sandbox, generation)
            except SetterProgramBroken as broken:
                complain(broken.message, broken.path)
                return None
            finally:
                told(generations[generation])

        made = dict(zip(generations, await on_slots(self.pool, list(generations), generated), strict=True))
        tests = [_with(test, made) for test in draft.tests]
        wanting = [t for t in tests if t.input is not None and t.answer is None]

        solution = MainSolution(judge=self.judge, builder=self.builder, draft=draft)

        async def answered(sandbox: Sandbox, test: DraftTest) -> DraftTest:
            try:
                return replace(test, answer=await self._answer(sandbox, solution, test))
            except SetterProgramBroken as broken:
                complain(broken.message, broken.path)
                return test
            finally:
                told(test)

        try:
            answers = {t.name: t for t in await on_slots(self.pool, wanting, answered)}
        finally:
            solution.close()
        tests = [answers.get(test.name, test) for test in tests]
        for test in tests:
            if (test.input is None or test.answer is None) and not complaints:
                complain(
                    "has no input, and nothing that makes it" if test.input is None else "has no answer", test.source
                )
        return replace(draft, tests=tuple(tests)), tuple(complaints.values())

    async def _generated(self, sandbox: Sandbox, generation: Generation) -> tuple[BlobRef, BlobRef]:
        program = await self.judge.bench.programs.prepare(sandbox, generation.program, GENERATOR)
        await sandbox.load(program.artefacts)
        async with data_files(self.blobs, generation.program) as files:
            outcome = await sandbox.run(
                Command(
                    argv=(*program.build.run_argv, *generation.arguments),
                    env=program.build.run_env,
                    limits=limits_of(GENERATOR),
                    files=files,
                    address_space=False,
                )
            )
        try:
            if not outcome.execution.succeeded:
                command = " ".join(generation.arguments)[:200]
                said = _end(outcome.execution, outcome.stderr)
                raise SetterProgramBroken(generation.program.path, f"the generator failed on {command!r}: {said}")
            return await self._put(outcome.stdout), await self._put(outcome.stderr)
        finally:
            outcome.close()

    async def _answer(self, sandbox: Sandbox, solution: MainSolution, test: DraftTest) -> BlobRef:
        content = await solution.answer(sandbox, test)
        try:
            return await self._put(content)
        finally:
            content.close()

    async def _put(self, content: Content) -> BlobRef:
        return await self.blobs.put_stream(_chunks(content), content.size)


def _with(test: DraftTest, made: dict[Generation, tuple[BlobRef, BlobRef] | None]) -> DraftTest:
    found = made.get(test.generation) if test.generation else None
    if found is None or test.generation is None:
        return test
    answer = found[1] if test.answer is None and test.generation.answer_on_stderr else test.answer
    return replace(test, input=test.input or found[0], answer=answer)


def _end(execution: Execution, stderr: Content) -> str:
    said = head(stderr, _SAID).decode(errors="replace").strip()
    limit = f"passed its limit of {execution.first_limit}" if execution.first_limit else ""
    code = f"exit code {execution.exit_code}" if execution.exit_code is not None else f"signal {execution.signal}"
    return f"{limit or code}{': ' if said else ''}{said}"


async def _chunks(content: Content) -> AsyncIterator[bytes]:
    with content.open() as reader:
        while chunk := reader.read(_CHUNK):
            yield chunk
