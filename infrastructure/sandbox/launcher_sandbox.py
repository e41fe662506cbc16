"""One slot of the worker: a launcher that is replaced when it dies."""

import math
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import timedelta
from typing import ClassVar

from application.contents import BytesContent
from application.sandbox import BoxFile, Command, Content, Grace, Outcome, SandboxFailure, Wire
from domain.runs.entities import Execution, Limits
from domain.runs.enums import Ending
from infrastructure.sandbox import protocol
from infrastructure.sandbox.contents import DescriptorContent, shipped
from infrastructure.sandbox.conversation import converse
from infrastructure.sandbox.launcher_process import LauncherFailed, LauncherProcess, Message, Reply
from infrastructure.sandbox.plain_paths import translated

HEAD_SIZE = 4096
MOST_COMPANIONS = 32
"""Each is a launcher of its own, with a user and control groups of its own."""
_MOST = 1 << 62
_NOTHING = BytesContent(b"")


class LauncherSandbox:
    """``application.sandbox.Sandbox`` over a launcher."""

    started: ClassVar[int] = 0
    """Launchers of this process so far: one a slot, more where some have died."""

    def __init__(
        self,
        start: Callable[[], Awaitable[LauncherProcess]],
        make_companion: "Callable[[int], LauncherSandbox] | None" = None,
    ) -> None:
        self._start = start
        self._make_companion = make_companion
        self._companions: dict[int, LauncherSandbox] = {}
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
            LauncherSandbox.started += 1
            self._loaded = False
            self._isolation = "+".join(
                layer.name
                for layer in self._launcher.layers
                if layer.on and layer.name not in ("pids", "cpu-accounting")
            )

    async def close(self) -> None:
        """End the launcher and everything in it, and the companions."""
        for companion in self._companions.values():
            await companion.close()
        await self._close_launcher()

    async def _close_launcher(self) -> None:
        launcher, self._launcher = self._launcher, None
        if launcher is not None:
            await launcher.close()

    async def clear(self) -> None:
        """Make it ready for its next holder: a live launcher and an empty /app; companions that fail are made anew."""
        await self._bury()
        await self.open()
        if self._loaded:
            await self.load(())
        for companion in self._companions.values():
            with suppress(SandboxFailure):
                await companion.clear_if_open()

    async def clear_if_open(self) -> None:
        """Of a companion: its next use finds an empty /app. Raises SandboxFailure."""
        await self._bury()
        if self._launcher is not None and self._loaded:
            await self.load(())

    async def _bury(self) -> None:
        """A launcher that died while nothing ran. Not in the middle of a holder's work: he would find /app empty."""
        if self._launcher is not None and self._launcher.failed:
            await self._close_launcher()

    async def load(self, artefacts: tuple[BoxFile, ...]) -> None:
        """Replace what programs see read-only at /app. Raises SandboxFailure."""
        messages: list[Message] = [(protocol.pack_load(len(artefacts)), ())]
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
            replies = await self._request([(_pack_run(command, len(stdin.data), stdin.data), ())])
        elif stdin is None and not command.files:
            replies = await self._request([(_pack_run(command, 0, b""), ())])
        else:
            with ExitStack() as stack:
                shipment = stack.enter_context(shipped(stdin or _NOTHING))
                message = _pack_run(command, shipment.size, shipment.data)
                messages: list[Message] = [(message, _one(shipment.descriptor))]
                _add_files(messages, stack, command.files)
                replies = await self._request(messages)
        return self._outcome(replies)

    async def run_wired(self, command: Command, passed: Mapping[int, int], sent: Callable[[], None]) -> Outcome:
        """Run one program with descriptors of ours: its number → ours. ``sent`` is called when it has copies of its
        own, or will never have. Raises SandboxFailure.
        """
        try:
            await self.open()
            if self._launcher is not None and self._launcher.scratch:
                command = translated(command, self._launcher.scratch)
            numbers = tuple(sorted(passed))
            with ExitStack() as stack:
                shipment = stack.enter_context(shipped(command.stdin or _NOTHING))
                message = _pack_run(command, shipment.size, shipment.data, numbers)
                descriptors = (*_one(shipment.descriptor), *(passed[number] for number in numbers))
                messages: list[Message] = [(message, descriptors)]
                _add_files(messages, stack, command.files)
                return self._outcome(await self._request(messages, sent))
        finally:
            sent()

    def kill(self) -> None:
        """End the run, if there is one: its outcome is CANCELLED."""
        if self._launcher is not None:
            self._launcher.kill()

    async def converse(
        self,
        commands: Sequence[Command],
        wires: Sequence[Wire],
        grace: Grace | None = None,
        lingering: Collection[int] = (),
    ) -> tuple[Outcome, ...]:
        """As the gateway has it."""
        boxes = [self, *(self.companion(number) for number in range(1, len(commands)))]
        return await converse(boxes, commands, wires, grace, lingering)

    def companion(self, number: int) -> "LauncherSandbox":
        """As the gateway has it."""
        if self._make_companion is None or not 1 <= number <= MOST_COMPANIONS:
            raise ValueError(f"a slot has companions 1 to {MOST_COMPANIONS}, not {number}")
        if number not in self._companions:
            self._companions[number] = self._make_companion(number)
        return self._companions[number]

    async def _request(self, messages: list[Message], sent: Callable[[], None] | None = None) -> list[Reply]:
        await self.open()
        launcher = self._launcher
        assert launcher is not None
        try:
            return await launcher.request(messages, sent)
        except BaseException as error:
            if isinstance(error, SandboxFailure) or launcher.failed:
                await self._close_launcher()  # companions may be in the middle of a run
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
        return Outcome(
            execution=execution,
            stdout=stdout,
            stderr=stderr,
            artefacts=artefacts,
            collect_overflow=bool(result.flags & protocol.COLLECT_OVERFLOW),
            ended_at=timedelta(microseconds=result.ended_ns / 1000),
        )


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
        message = protocol.pack_file(file.name, mode, shipment.size, shipment.data)
        messages.append((message, _one(shipment.descriptor)))


def _one(descriptor: int | None) -> tuple[int, ...]:
    return () if descriptor is None else (descriptor,)


def _nanoseconds(time: timedelta) -> int:
    return ((time.days * 86400 + time.seconds) * 1_000_000 + time.microseconds) * 1000


def _pack_run(command: Command, stdin_size: int, stdin: bytes | None, passed: tuple[int, ...] = ()) -> bytes:
    limits: Limits = command.limits
    cpu = _nanoseconds(limits.cpu_time)
    flags = protocol.RUN_LIMIT_ADDRESS_SPACE if command.address_space else 0
    if command.collect_always:
        flags |= protocol.RUN_COLLECT_ALWAYS
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
        numbers, protocol.pack_strings((*command.argv, *environment, *command.collect)), stdin or b"", passed
    )
