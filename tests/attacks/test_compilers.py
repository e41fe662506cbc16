"""Every attack on a compiler: the way that a submission goes, under smaller limits."""

import asyncio
import re
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from application.judging.compilation import compile_sources
from application.languages.toolchains import Build
from domain.languages.entities import LanguageId
from domain.runs.entities import Limits, SourceFile
from infrastructure.languages.catalogue import FolderCatalogue
from infrastructure.languages.host_toolchain import HostToolchain
from infrastructure.languages.host_toolchains import HostToolchains
from tests.attacks.compiler_attack import CompilerAttack
from tests.attacks.compilers import ATTACKS
from tests.attacks.engine import LIMITS, Target
from tests.integration.sandbox.bench import MIB

SMALL = {
    "cpu_time": timedelta(seconds=1),
    "wall_time": timedelta(seconds=20),
    "memory": 192 * MIB,
    "output": 1 * MIB,
    "file_size": 64 * MIB,
}


class ImpatientToolchain(HostToolchain):
    """The same compiler, given less."""

    def build(self, sources: tuple[SourceFile, ...], limits: Limits, main: str | None = None) -> Build:
        build = super().build(sources, limits, main)
        return replace(build, compile_limits=replace(build.compile_limits, **SMALL))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
async def toolchains() -> dict[str, ImpatientToolchain]:
    found = await asyncio.to_thread(HostToolchains.detect, FolderCatalogue(), frozenset({"c17", "cpp17"}))
    available = found.available()
    return {id_: ImpatientToolchain(toolchain._found) for id_, toolchain in available.items()}


@pytest.mark.parametrize("attack", [pytest.param(attack, id=attack.name) for attack in ATTACKS])
async def test_compiler(target: Target, toolchains: dict[str, ImpatientToolchain], attack: CompilerAttack) -> None:
    toolchain = toolchains.get(LanguageId(attack.language))
    if toolchain is None:
        pytest.skip(f"this machine has no compiler for {attack.language}")
    name = "main.cpp" if attack.language == "cpp17" else "main.c"
    source = attack.source(str(target.secret)).encode()
    async with target.unharmed() as complaints:
        started = time.monotonic()
        compiled = await compile_sources(target.sandbox, toolchain, (SourceFile(name, source),), LIMITS, 64 * 1024)
        seconds = time.monotonic() - started
        if compiled.program is not None:
            compiled.program.close()
    assert compiled.program is None, "it compiles"
    assert re.match(attack.message, compiled.message), (compiled.message, compiled.result)
    assert compiled.result is not None
    assert re.search(attack.output, compiled.result.output), compiled.result.output
    assert target.secret_text.decode().strip() not in compiled.result.output + compiled.message
    assert "root:" not in compiled.result.output
    assert seconds < attack.seconds
    assert not complaints, "\n".join(complaints)
