"""A setter's programs — checkers, interactors, validators, generators — compiled once a worker, run in the sandbox."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from application.blobs import BlobStorage
from application.contents import BytesContent
from application.judging.box_files import head
from application.judging.checker_call import CheckerCall
from application.judging.compilation import Program, compile_sources
from application.judging.exceptions import SetterProgramBroken
from application.judging.headers import C_FAMILY, TESTLIB_CURE, lacks_testlib, with_headers
from application.judging.older_sources import STANDARD, is_older, with_all_headers
from application.languages.toolchains import Build, Toolchains
from application.sandbox import BoxFile, Command, Sandbox
from domain.languages.entities import LanguageId
from domain.problems.files import BUILD_SCRIPT, PackageProgram
from domain.problems.setup import ProgramLimits
from domain.runs.entities import Limits, SourceFile

MIB = 1024 * 1024
CPU_TIME = timedelta(seconds=10)
MEMORY = 1024 * MIB
OUTPUT = 64 * MIB
PROCESSES, OPEN_FILES = 64, 256
WALL_FACTOR, WALL_ADDITION = 2, timedelta(seconds=10)
_MOST_CACHED = 256 * MIB
_COMPILE_OUTPUT = 64 * 1024
_MOST_SOURCE = 16 * MIB
_SAID = 4096
OTHER_STANDARDS: Mapping[str, tuple[LanguageId, ...]] = {
    "cpp20": (LanguageId("cpp17"), LanguageId("cpp23"), LanguageId("cpp14")),
    "cpp17": (LanguageId("cpp20"), LanguageId("cpp14")),
    "cpp14": (LanguageId("cpp17"),),
    "cpp23": (LanguageId("cpp20"),),
    "c17": (LanguageId("c11"),),
}
"""What a program of a package is tried in when it does not compile: packages tell C++ from C, but no standard."""


def limits_of(limits: ProgramLimits, wall_time: timedelta | None = None) -> Limits:
    """Those of a setter's program, this service's where the problem names none."""
    cpu_time = limits.cpu_time or CPU_TIME
    memory = limits.memory or MEMORY
    return Limits(
        cpu_time=cpu_time,
        wall_time=wall_time or WALL_FACTOR * cpu_time + WALL_ADDITION,
        memory=memory,
        output=limits.output or OUTPUT,
        processes=PROCESSES,
        stack=memory,
        file_size=memory,
        open_files=OPEN_FILES,
    )


@dataclass(slots=True, kw_only=True)
class SetterPrograms:
    """Those compiled last are kept in memory, up to 256 MiB of artefacts. Each is compiled by one at a time."""

    toolchains: Toolchains
    blobs: BlobStorage
    headers: Mapping[str, bytes] = field(default_factory=dict)
    """The operator's, by name: for C and C++ programs that include one and do not bring it."""
    _kept: OrderedDict[bytes, Program] = field(default_factory=OrderedDict)
    _compiling: dict[bytes, asyncio.Lock] = field(default_factory=dict)

    async def prepare(
        self, sandbox: Sandbox, program: PackageProgram, limits: ProgramLimits, call: CheckerCall | None = None
    ) -> Program:
        """Built for this machine. ``call``: how it will be called, where that
        takes a starter. Raises SetterProgramBroken, SandboxFailure, BlobMissing.
        """
        key = _key(program, type(call).__name__)
        async with self._compiling.setdefault(key, asyncio.Lock()):
            try:
                if key not in self._kept:
                    self._kept[key] = _in_memory(await self._build(sandbox, program, limits, call))
                self._kept.move_to_end(key)
                built = self._kept[key]
            finally:
                self._compiling.pop(key, None)
        while len(self._kept) > 1 and sum(map(_size, self._kept.values())) > _MOST_CACHED:
            self._kept.popitem(last=False)
        return built

    async def _build(
        self, sandbox: Sandbox, program: PackageProgram, limits: ProgramLimits, call: CheckerCall | None
    ) -> Program:
        sources = await self.sources(program)
        main = program.main
        if call is not None and (prepared := call.prepared(program, sources)) is not sources:
            sources, main = prepared, prepared[0].name
        if program.language == BUILD_SCRIPT:
            return await _run_build_script(sandbox, program, sources)
        if program.language is None:
            raise SetterProgramBroken(program.path, "is in a language that is not known here")
        if program.language in C_FAMILY:
            sources = with_headers(sources, self.headers)
        built, complaint = await self._in_its_standards(sandbox, program.language, sources, limits, main)
        if built is not None:
            return built
        if program.language in C_FAMILY and lacks_testlib(sources):
            complaint = f"cannot be compiled: {TESTLIB_CURE}"
        raise SetterProgramBroken(program.path, complaint)

    async def _in_its_standards(
        self,
        sandbox: Sandbox,
        language: LanguageId,
        sources: tuple[SourceFile, ...],
        limits: ProgramLimits,
        main: str | None,
    ) -> tuple[Program | None, str]:
        """The program, or why the first standard does not take it. C++ at last with every header."""
        complaint = ""
        tried = [(id_, sources) for id_ in (language, *OTHER_STANDARDS.get(language, ()))]
        while tried:
            candidate, files = tried.pop(0)
            toolchain = self.toolchains.available().get(candidate)
            if toolchain is None:
                complaint = complaint or f"needs the language {candidate}, which this worker does not have"
                continue
            compiled = await compile_sources(sandbox, toolchain, files, limits_of(limits), _COMPILE_OUTPUT, main)
            if compiled.program is not None:
                return compiled.program, ""
            output = compiled.result.output if compiled.result else ""
            complaint = complaint or f"does not compile: {compiled.message}\n{output}".strip()
            if not tried and files is sources and is_older(language, complaint):
                tried.append((STANDARD, with_all_headers(sources)))
        return None, complaint

    async def sources(self, program: PackageProgram) -> tuple[SourceFile, ...]:
        """Its files with their contents. Raises SetterProgramBroken when they are too large, BlobMissing."""
        if sum(file.content.size for file in program.files) > _MOST_SOURCE:
            raise SetterProgramBroken(program.path, f"has more than {_MOST_SOURCE // MIB} MiB of files")
        return tuple(
            [
                SourceFile(file.name, await self.blobs.read_head(file.content, file.content.size))
                for file in program.files
            ]
        )


def _key(program: PackageProgram, call: str) -> bytes:
    digest = hashlib.sha256(f"{program.language}\0{program.main}\0{call}\0".encode(errors="surrogateescape"))
    for file in program.files:
        digest.update(file.name.encode(errors="surrogateescape") + b"\0" + file.content.digest)
    return digest.digest()


def _in_memory(program: Program) -> Program:
    """So that nobody need know who still uses it when it leaves the cache."""
    artefacts = tuple(
        replace(file, content=BytesContent(head(file.content, file.content.size))) for file in program.artefacts
    )
    program.close()
    return Program(program.build, artefacts)


def _size(program: Program) -> int:
    return sum(artefact.content.size for artefact in program.artefacts)


async def _run_build_script(sandbox: Sandbox, program: PackageProgram, sources: tuple[SourceFile, ...]) -> Program:
    names = {source.name for source in sources}
    files = tuple(BoxFile(s.name, BytesContent(s.content), executable=True) for s in sources)
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/box", "LANG": "C.UTF-8"}
    limits = limits_of(ProgramLimits(cpu_time=timedelta(seconds=60), memory=2048 * MIB))
    build = Build(
        sources=sources, compile_argv=None, compile_env=env, compile_limits=limits, collect=("*",),
        run_argv=("/app/run",), run_env=env,
    )  # fmt: skip
    if "build" not in names:
        return Program(build, files)
    outcome = await sandbox.run(
        Command(argv=("/box/build",), env=env, limits=limits, files=files, collect=("*", "*/*", "*/*/*"))
    )
    with outcome.stderr.open() as reader:
        said = reader.read(_SAID).decode(errors="replace")
    complaint = ""
    if not outcome.execution.succeeded:
        complaint = f"its build script failed: {said}"
    elif not any(artefact.name == "run" for artefact in outcome.artefacts):
        complaint = "its build script made no executable 'run'"
    if complaint:
        outcome.close()
        raise SetterProgramBroken(program.path, complaint)
    outcome.stdout.close()
    outcome.stderr.close()
    return Program(build, outcome.artefacts)
