"""What the tests of the sandbox have in common: limits to start from, and C programs compiled in the sandbox itself."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from application.contents import BytesContent
from application.sandbox import BoxFile, Command, Content, Outcome, Sandbox
from domain.runs.entities import Execution, Limits

MIB = 1 << 20
LIMITS = Limits(
    cpu_time=timedelta(seconds=1),
    wall_time=timedelta(seconds=3),
    memory=64 * MIB,
    output=1 * MIB,
    processes=16,
    stack=16 * MIB,
    file_size=16 * MIB,
    open_files=64,
)
COMPILE_LIMITS = replace(
    LIMITS, cpu_time=timedelta(seconds=20), wall_time=timedelta(seconds=40), memory=1024 * MIB, file_size=64 * MIB
)
ENV = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
_compiled: dict[str, bytes] = {}


def read(content: Content) -> bytes:
    with content.open() as reader:
        return reader.read()


@dataclass
class Bench:
    sandbox: Sandbox

    @property
    def reduced(self) -> bool:
        """Whether this is the level of landlock."""
        return self.sandbox.isolation.startswith("landlock")

    async def outcome(self, argv: tuple[str, ...], stdin: Content | bytes | None = None, **options: Any) -> Outcome:
        names = Limits.__dataclass_fields__
        limits = replace(LIMITS, **{name: value for name, value in options.items() if name in names})
        rest = {name: value for name, value in options.items() if name not in names}
        content = BytesContent(stdin) if isinstance(stdin, bytes) else stdin
        return await self.sandbox.run(Command(argv=argv, limits=limits, stdin=content, **{"env": ENV, **rest}))

    async def run(self, argv: tuple[str, ...], stdin: Content | bytes | None = None, **options: Any) -> Execution:
        outcome = await self.outcome(argv, stdin, **options)
        outcome.close()
        return outcome.execution

    async def shell(self, script: str, stdin: Content | bytes | None = None, **options: Any) -> Execution:
        return await self.run(("/bin/sh", "-c", script), stdin, **options)

    async def compile(self, source: str, *flags: str) -> bytes:
        key = source + " ".join(flags)
        if key not in _compiled:
            outcome = await self.sandbox.run(
                Command(
                    argv=("/usr/bin/gcc", "-O0", "-o", "program", "program.c", *flags),
                    limits=COMPILE_LIMITS,
                    env=ENV,
                    files=(BoxFile("program.c", BytesContent(source.encode())),),
                    collect=("program",),
                    collect_size=64 * MIB,
                )
            )
            assert outcome.execution.succeeded, outcome.execution.stderr_head.decode()
            (artefact,) = outcome.artefacts
            _compiled[key] = read(artefact.content)
            outcome.close()
        return _compiled[key]

    async def load(self, *files: BoxFile) -> None:
        await self.sandbox.load(files)

    async def clear(self) -> None:
        await self.sandbox.load(())

    async def c(self, source: str, stdin: Content | bytes | None = None, **options: Any) -> Execution:
        """Compile, load and run one C program; the headers that all of them need are given."""
        flags = options.pop("flags", ())
        program = await self.compile(HEADERS + source, *flags)
        await self.load(BoxFile("program", BytesContent(program), executable=True))
        return await self.run(("/app/program",), stdin, **options)


HEADERS = """
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
"""
