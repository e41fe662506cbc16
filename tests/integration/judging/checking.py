"""A setter's checker, compiled and asked as the engine does it, without a submission."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from application.contents import BytesContent
from application.judging.checker_call import CheckRequest
from application.judging.checker_calls import call_of
from application.judging.program_checker import ProgramChecker
from application.judging.setter_programs import SetterPrograms, limits_of
from application.judging.take import PassInput
from application.sandbox import Sandbox
from domain.languages.entities import LanguageId
from domain.problems.entities import TestCase
from domain.problems.enums import CheckerProtocol
from domain.problems.files import PackageFile, PackageProgram
from domain.problems.setup import ProgramLimits
from domain.submissions.entities import CheckResult
from infrastructure.languages.catalogue import FolderCatalogue
from infrastructure.languages.host_toolchains import HostToolchains
from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.settings import SandboxSettings
from tests.fakes.in_memory_blob_storage import InMemoryBlobStorage
from tests.unit.judging.saying import execution


@dataclass(frozen=True)
class Slot:
    sandbox: Sandbox
    toolchains: HostToolchains


@asynccontextmanager
async def slot_for(*languages: str) -> AsyncIterator[Slot]:
    """One slot with these languages."""
    toolchains = await asyncio.to_thread(HostToolchains.detect, FolderCatalogue(), languages)
    binds = tuple(map(str, toolchains.binds()))
    async with LauncherPool(SandboxSettings(slots=1, binds=binds)) as pool, pool.slot() as sandbox:
        yield Slot(sandbox, toolchains)


async def checked(
    slot: Slot,
    protocol: CheckerProtocol,
    files: Mapping[str, bytes],
    *,
    output: bytes,
    answer: bytes = b"answer\n",
    request: CheckRequest,
    headers: Mapping[str, bytes] | None = None,
) -> CheckResult:
    """What the program (the first of the files is its main one) says of ``output``; the input is "10"."""
    blobs = InMemoryBlobStorage()
    refs = await blobs.put_many(list(files.values()))
    program = PackageProgram(
        path=f"p/{next(iter(files))}",
        files=tuple(PackageFile(name, ref) for name, ref in zip(files, refs, strict=True)),
        language=LanguageId("python3" if next(iter(files)).endswith(".py") else "cpp17"),
        main=next(iter(files)),
    )
    programs = SetterPrograms(toolchains=slot.toolchains, blobs=blobs, headers=headers or {})
    call = call_of(protocol)
    limits = replace(limits_of(ProgramLimits()), cpu_time=timedelta(seconds=1))
    checker = ProgramChecker(
        sandbox=slot.sandbox,
        program=await programs.prepare(slot.sandbox, program, ProgramLimits(), call),
        path=program.path,
        call=call,
        limits=limits,
    )
    await checker.load()
    given = PassInput(
        test=TestCase(name="1", input=refs[0], answer=refs[0]),
        input=BytesContent(b"10\n"),
        answer=BytesContent(answer),
        request=request,
    )
    found = await checker.check(given, BytesContent(output), execution())
    found.close()
    return found.result
