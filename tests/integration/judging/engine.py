"""The judging engine on one slot of the real sandbox, without server, database and queue."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from application.judging.policy import RunPolicy
from application.judging.setter_programs import SetterPrograms
from application.judging.submission_judge import SubmissionJudge
from application.judging.workbench import Workbench
from application.sandbox import Sandbox
from domain.languages.entities import LanguageId
from domain.problems.entities import CheckerSpec, ProblemLimits, Revision, RevisionId, TestCase, TestExtras, TestGroup
from domain.problems.enums import CheckerProtocol, CheckerType, Scoring
from domain.problems.files import PackageFile, PackageProgram
from domain.problems.setup import ProblemSetup
from domain.runs.entities import SourceFile
from domain.submissions.entities import JobResult, TestResult
from domain.submissions.scoring import ScoreSheet
from infrastructure.checkers.builtin_checker import BuiltinChecker
from infrastructure.languages.catalogue import FolderCatalogue
from infrastructure.languages.host_toolchains import HostToolchains
from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.settings import LevelChoice, SandboxSettings
from tests.fakes.in_memory_blob_storage import InMemoryBlobStorage

PYTHON, C, CPP, JAVA = map(LanguageId, ("python3", "c17", "cpp17", "java"))
MAIN = {PYTHON: "main.py", C: "main.c", CPP: "main.cpp", JAVA: "Main.java"}


@dataclass
class Engine:
    """What a test needs to make a problem and judge a submission."""

    judge: SubmissionJudge
    sandbox: Sandbox
    blobs: InMemoryBlobStorage
    results: list[TestResult] = field(default_factory=list)

    async def file(self, name: str, content: str | bytes) -> PackageFile:
        """A file of the problem's."""
        data = content.encode() if isinstance(content, str) else content
        return PackageFile(name, (await self.blobs.put_many([data]))[0])

    async def program(self, text: str, language: LanguageId = PYTHON, **more: str) -> PackageProgram:
        """A program of the problem's; ``more``: its other files."""
        files = [await self.file(MAIN.get(language, "run"), text)]
        files += [await self.file(name.replace("__", "."), content) for name, content in more.items()]
        return PackageProgram(path=f"setters/{MAIN.get(language, 'run')}", files=tuple(files), language=language)

    async def icpc_checker(self, text: str, language: LanguageId = PYTHON, *arguments: str) -> CheckerSpec:
        """An output validator."""
        program = await self.program(text, language)
        return CheckerSpec(
            type=CheckerType.PROGRAM, program=program, protocol=CheckerProtocol.ICPC, arguments=arguments
        )

    async def revision(
        self,
        tests: Sequence[tuple[str, str]],
        *,
        setup: ProblemSetup | None = None,
        checker: CheckerSpec | None = None,
        groups: tuple[TestGroup, ...] = (),
        extras: Mapping[int, TestExtras] | None = None,
        limits: ProblemLimits | None = None,
    ) -> Revision:
        """A problem with these inputs and answers; with ``groups`` all tests lie in the last of them."""
        cases = []
        for index, (given, wanted) in enumerate(tests):
            given_ref, wanted_ref = await self.blobs.put_many([given.encode(), wanted.encode()])
            cases.append(
                TestCase(
                    name=str(index + 1),
                    input=given_ref,
                    answer=wanted_ref,
                    group=groups[-1].name if groups else None,
                    points=1.0 if groups else None,
                    extras=(extras or {}).get(index, TestExtras()),
                )
            )
        return Revision(
            id=RevisionId(uuid4()),
            problem_id=None,
            number=1,
            title="",
            limits=limits or ProblemLimits(cpu_time=timedelta(seconds=1)),
            checker=checker or CheckerSpec(),
            scoring=Scoring.POINTS if groups else Scoring.PASS_FAIL,
            groups=groups,
            tests=tuple(cases),
            digest=b"",
            created_at=datetime.now(UTC),
            setup=setup or ProblemSetup(),
        )

    async def submit(self, revision: Revision, text: str, language: LanguageId = PYTHON, **files: str) -> JobResult:
        """Judge every test; ``results`` holds what each gave. A compile error ends without a result for any."""
        named = {MAIN.get(language, "1.out"): text} | {name.replace("__", "."): text for name, text in files.items()}
        sources = tuple(SourceFile(name, text.encode()) for name, text in named.items())
        submission = await self.judge.compile(self.sandbox, revision, language, sources)
        sheet = ScoreSheet(revision, stop=False)
        self.results = sheet.results
        try:
            if submission.compiled.program is None:
                return sheet.conclude_uncompiled(submission.compiled.message)
            tester = await self.judge.tester(self.sandbox, submission, sheet)
            for index, test in enumerate(revision.tests):
                sheet.add(await tester(index, test))
            return await self.judge.conclude(self.sandbox, revision, sheet)
        finally:
            submission.close()


@asynccontextmanager
async def open_engine(*languages: LanguageId, level: LevelChoice = "auto") -> AsyncIterator[Engine]:
    """With a slot of its own."""
    toolchains = await asyncio.to_thread(HostToolchains.detect, FolderCatalogue(), frozenset(languages))
    blobs = InMemoryBlobStorage()
    bench = Workbench(
        toolchains=toolchains,
        checker=BuiltinChecker(),
        programs=SetterPrograms(toolchains=toolchains, blobs=blobs),
        blobs=blobs,
        policy=RunPolicy(),
    )
    binds = tuple(map(str, toolchains.binds()))
    settings = SandboxSettings(
        slots=1, binds=binds, level=level, floor="landlock" if level == "landlock" else "namespaces"
    )
    async with LauncherPool(settings) as pool, pool.slot() as sandbox:
        yield Engine(SubmissionJudge(bench=bench), sandbox, blobs)
