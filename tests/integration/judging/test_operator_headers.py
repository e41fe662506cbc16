"""Setters' programs that include a header which their package does not bring."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest

from application.judging.exceptions import SetterProgramBroken
from application.judging.setter_programs import SetterPrograms, limits_of
from application.sandbox import Command, Sandbox
from domain.languages.entities import LanguageId
from domain.problems.files import PackageFile, PackageProgram
from domain.problems.setup import ProgramLimits
from infrastructure.languages.catalogue import FolderCatalogue
from infrastructure.languages.host_toolchains import HostToolchains
from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.settings import SandboxSettings
from tests.fakes.in_memory_blob_storage import InMemoryBlobStorage

CPP = LanguageId("cpp17")
CHECKER = b'#include "testlib.h"\nint main() { return answer(); }\n'


@pytest.fixture(scope="module")
async def slot() -> AsyncIterator[tuple[Sandbox, HostToolchains]]:
    toolchains = await asyncio.to_thread(HostToolchains.detect, FolderCatalogue(), frozenset({CPP}))
    binds = tuple(map(str, toolchains.binds()))
    async with LauncherPool(SandboxSettings(slots=1, binds=binds)) as pool, pool.slot() as sandbox:
        yield sandbox, toolchains


async def exit_code(
    slot: tuple[Sandbox, HostToolchains], headers: Mapping[str, bytes], *files: tuple[str, bytes]
) -> int | None:
    sandbox, toolchains = slot
    blobs = InMemoryBlobStorage()
    refs = await blobs.put_many([content for _, content in files])
    brought = tuple(PackageFile(name, ref) for (name, _), ref in zip(files, refs, strict=True))
    programs = SetterPrograms(toolchains=toolchains, blobs=blobs, headers=headers)
    program = await programs.prepare(
        sandbox, PackageProgram(path="check.cpp", files=brought, language=CPP), ProgramLimits()
    )
    await sandbox.load(program.artefacts)
    limits = limits_of(ProgramLimits())
    outcome = await sandbox.run(Command(argv=program.build.run_argv, env=program.build.run_env, limits=limits))
    outcome.close()
    return outcome.execution.exit_code


async def test_the_operators_header_is_taken_unless_the_package_has_its_own(
    slot: tuple[Sandbox, HostToolchains],
) -> None:
    headers = {"testlib.h": b'#include "more.h"\n', "more.h": b"inline int answer() { return 5; }\n", "bad.h": b"no"}
    assert await exit_code(slot, headers, ("check.cpp", CHECKER)) == 5
    own = ("testlib.h", b"inline int answer() { return 6; }\n")
    assert await exit_code(slot, headers, ("check.cpp", CHECKER), own) == 6


async def test_without_testlib_the_complaint_names_the_cure(slot: tuple[Sandbox, HostToolchains]) -> None:
    with pytest.raises(SetterProgramBroken, match="PROBA_INCLUDE_DIR"):
        await exit_code(slot, {}, ("check.cpp", CHECKER))
    with pytest.raises(SetterProgramBroken, match=r"does not compile(.|\n)*nothing"):
        await exit_code(slot, {}, ("check.cpp", b"int main() { return nothing; }\n"))
