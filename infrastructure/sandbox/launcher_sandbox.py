"""One slot of the worker: a launcher that is replaced when it dies."""

import math
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from datetime import timedelta

from application.contents import BytesContent
from application.sandbox import BoxFile, Command, Content, Outcome, SandboxFailure
from domain.runs.entities import Execution, Limits
from domain.runs.enums import Ending
from infrastructure.sandbox import protocol
from infrastructure.sandbox.contents import DescriptorContent, shipped
from infrastructure.sandbox.launcher_process import LauncherFailed, LauncherProcess, Reply
from infrastructure.sandbox.plain_paths import translated

HEAD_SIZE = 4096
_MOST = 1 << 62
_NOTHING = BytesContent(b"")

Message = tuple[bytes, int | None]


class LauncherSandbox:
    """``application.sandbox.Sandbox`` over a launcher."""

    def __init__(self, start: Callable[[], Awaitable[LauncherProcess]]) -> None:
        self._start = start
        self._launcher: LauncherProcess | None = None
        self._loaded = False
        self._isolation = ""

    @property
    def isolation(self) -> str:
        """The layers that are on, joined by "+"."""
        return self._isolation

    @property
    def layers(self) -> tuple[protocol.Layer, ...]:
        """What the launcher found."""
        return self._launcher.layers if self._launcher else ()

    @property
    def launcher_pid(self) -> int | None:
        """Of the outermost process; None while there is no launcher."""
        return self._launcher.pid if self._launcher else None

    async def open(self) -> None:
        """Have a live launcher. Raises LauncherFailed."""
        if self._launcher is None:
            self._launcher = await self._start()
            self._loaded = False
            self._isolation = "+".join(
                layer.name
                for layer in self._launcher.layers
                if layer.on and layer.name not in ("pids", "cpu-accounting")
            )

    async def close(self) -> None:
        """End the launcher and everything in it."""
        launcher, self._launcher = self._launcher, None
        if launcher is not None:
            await launcher.close()

    async def clear(self) -> None:
        """Make it ready for its next holder: a live launcher and an empty /app."""
        await self.open()
        if self._loaded:
            await self.load(())

    async def load(self, artefacts: tuple[BoxFile, ...]) -> None:
        """Replace what programs see read-only at /app. Raises SandboxFailure."""
        messages: list[Message] = [(protocol.pack_load(len(artefacts)), None)]
        with ExitStack() as stack:
            _add_files(messages, stack, artefacts)
            await self._request(messages)
        self._loaded = bool(artefacts)

    async def run(self, command: Command) -> Outcome:
        """Run one program to its end. Raises SandboxFailure."""
        await self.open()
        if self._launcher is not None and self._launcher.scratch:
            command = translated(command, self._launcher.scratch)
        stdin = command.stdin
        if isinstance(stdin, BytesContent) and len(stdin.data) <= protocol.INLINE_DATA_MAX and not command.files:
            replies = await self._request([(_pack_run(command, len(stdin.data), stdin.data), None)])
        elif stdin is None and not command.files:
            replies = await self._request([(_pack_run(command, 0, b""), None)])
        else:
            with ExitStack() as stack:
                shipment = stack.enter_context(shipped(stdin or _NOTHING))
                message = _pack_run(command, shipment.size, shipment.data)
                messages: list[Message] = [(message, shipment.descriptor)]
                _add_files(messages, stack, command.files)
                replies = await self._request(messages)
        return self._outcome(replies)

    async def _request(self, messages: list[Message]) -> list[Reply]:
        await self.open()
        launcher = self._launcher
        assert launcher is not None
        try:
            return await launcher.request(messages)
        except BaseException as error:
            if isinstance(error, SandboxFailure) or launcher.failed:
                await self.close()
                if isinstance(error, SandboxFailure):
                    await self._replace()
            raise

    async def _replace(self) -> None:
        try:
            await self.open()
        except LauncherFailed:
            self._launcher = None  # the next request tries again, and says why it cannot

    def _outcome(self, replies: list[Reply]) -> Outcome:
        message, descriptors = replies[-1]
        result = protocol.unpack_result(message)
        stdout = _stream(result.stdout, result.flags & protocol.STDOUT_DESCRIPTOR, descriptors)
        stderr = _stream(result.stderr, result.flags & protocol.STDERR_DESCRIPTOR, descriptors)
        ending = result.ending
        execution = Execution(
            ending=ending,
            exit_code=result.exit_code if ending is Ending.EXITED else None,
            signal=None if ending is Ending.EXITED else result.signal,
            cpu_time=timedelta(microseconds=math.ceil(result.cpu_ns / 1000)),
            wall_time=timedelta(microseconds=math.ceil(result.wall_ns / 1000)),
            memory=result.memory,
            limits_passed=result.limits,
            stdout_size=result.stdout_size,
            stderr_size=result.stderr_size,
            stdout_head=result.stdout[:HEAD_SIZE],
            stderr_head=result.stderr[:HEAD_SIZE],
            isolation=self._isolation,
        )
        artefacts = tuple(_artefact(*reply) for reply in replies[:-1])
        if result.artefacts != len(artefacts):  # collected, and then refused
            for artefact in artefacts:
                artefact.content.close()
            artefacts = ()
        return Outcome(execution=execution, stdout=stdout, stderr=stderr, artefacts=artefacts)


def _stream(inline: bytes, in_descriptor: int, descriptors: list[int]) -> Content:
    return DescriptorContent(descriptors.pop(0)) if in_descriptor else BytesContent(inline)


def _artefact(message: bytes, descriptors: list[int]) -> BoxFile:
    artefact = protocol.unpack_artefact(message)
    content = DescriptorContent(descriptors[0], artefact.size)
    return BoxFile(artefact.name, content, executable=bool(artefact.mode & 0o111))


def _add_files(messages: list[Message], stack: ExitStack, files: tuple[BoxFile, ...]) -> None:
    for file in files:
        shipment = stack.enter_context(shipped(file.content))
        mode = 0o755 if file.executable else 0o644
        messages.append((protocol.pack_file(file.name, mode, shipment.size, shipment.data), shipment.descriptor))


def _nanoseconds(time: timedelta) -> int:
    return ((time.days * 86400 + time.seconds) * 1_000_000 + time.microseconds) * 1000


def _pack_run(command: Command, stdin_size: int, stdin: bytes | None) -> bytes:
    limits: Limits = command.limits
    cpu = _nanoseconds(limits.cpu_time)
    flags = protocol.RUN_LIMIT_ADDRESS_SPACE if command.address_space else 0
    if stdin is None:
        flags |= protocol.RUN_STDIN_DESCRIPTOR
    elif stdin_size:
        flags |= protocol.RUN_STDIN_INLINE
    environment = [f"{key}={value}" for key, value in command.env.items()]
    numbers = (
        cpu,
        int(cpu * max(command.kill_cpu_factor, 1.0)),
        _nanoseconds(limits.wall_time),
        limits.memory,
        limits.output,
        limits.file_size,
        limits.stack,
        stdin_size,
        min(command.collect_size, _MOST // 2),
        limits.processes,
        limits.open_files,
        flags,
        len(command.argv),
        len(environment),
        len(command.collect),
        len(command.files),
    )
    return protocol.pack_run(
        numbers, protocol.pack_strings((*command.argv, *environment, *command.collect)), stdin or b""
    )
