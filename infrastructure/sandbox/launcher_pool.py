"""The worker's slots."""

import asyncio
import os
import resource
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Self

from application.sandbox import Sandbox, SandboxFailure
from infrastructure.sandbox import protocol
from infrastructure.sandbox.build import build_launcher
from infrastructure.sandbox.cgroups import CgroupPlace, find_place
from infrastructure.sandbox.launcher_process import LauncherFailed, LauncherProcess
from infrastructure.sandbox.launcher_sandbox import LauncherSandbox
from infrastructure.sandbox.level import BelowFloor, IsolationLevel, levels_to_try
from infrastructure.sandbox.scratch import Scratch, find_scratch
from infrastructure.sandbox.settings import SandboxSettings
from infrastructure.sandbox.slot_users import SlotUser

_pools = 0
"""Distinguishes the groups of several pools of one process."""


_DESCRIPTORS = 4096
"""Every artefact and every long output of a slot is one; the usual limit of 1024 is everything that a worker has."""


def _make_room_for_descriptors() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(_DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class LauncherPool:
    """``application.sandbox.SandboxPool`` over launchers, one a slot, each pinned to a core of its own."""

    def __init__(self, settings: SandboxSettings) -> None:
        self._settings = settings
        self._cores = sorted(os.sched_getaffinity(0))
        self._count = settings.slots or len(self._cores)
        self._sandboxes: list[LauncherSandbox] = []
        self._free: asyncio.Queue[LauncherSandbox] = asyncio.Queue()
        self._tidying: set[asyncio.Task[None]] = set()
        self._users: list[SlotUser] = []
        self._isolation = ""
        self._level: IsolationLevel = "namespaces"
        self._passed_over: LauncherFailed | None = None

    async def open(self) -> None:
        """Build the launcher if it is not there, start one for each slot.

        Raises BuildFailure, LauncherFailed, and BelowFloor when the level would be too weak.
        """
        global _pools  # noqa: PLW0603 - a counter of this process
        _pools += 1
        _make_room_for_descriptors()
        levels = levels_to_try(self._settings.level, self._settings.floor)
        executable = await asyncio.to_thread(build_launcher, self._settings.build_dir)
        place = find_place(self._settings.cgroup)
        for number, level in enumerate(levels, 1):
            try:
                await self._open_at(level, executable, place)
            except LauncherFailed as error:
                if number == len(levels):
                    if self._settings.level == "auto" and self._settings.floor == "namespaces":
                        raise BelowFloor(error) from error
                    raise
                self._passed_over = error
            else:
                return

    async def _open_at(self, level: IsolationLevel, executable: Path, place: CgroupPlace) -> None:
        scratch = find_scratch() if level == "landlock" else None
        self._free = asyncio.Queue()
        try:
            for slot in range(self._count):
                self._users.append(SlotUser(self._settings.uid_base))
                self._sandboxes.append(self._sandbox(executable, place, slot, scratch))
            for sandbox in self._sandboxes:
                await sandbox.open()
                self._free.put_nowait(sandbox)
        except BaseException:
            await self.close()
            raise
        self._isolation = self._sandboxes[0].isolation
        self._level = level

    def _sandbox(self, executable: Path, place: CgroupPlace, slot: int, scratch: Scratch | None) -> LauncherSandbox:
        def starter(user: SlotUser, name: str) -> Callable[[], Awaitable[LauncherProcess]]:
            async def start() -> LauncherProcess:
                directory = scratch.fresh(name) if scratch else ""
                config = self._config(place, slot, user, name, directory)
                return await LauncherProcess.start(executable, config, directory)

            return start

        def companion(number: int) -> LauncherSandbox:
            self._users.append(SlotUser(self._settings.uid_base))
            return LauncherSandbox(starter(self._users[-1], f"{name}-{number}"))

        name = f"{os.getpid()}-{_pools}-{slot}"
        return LauncherSandbox(starter(self._users[slot], name), companion)

    def _config(self, place: CgroupPlace, slot: int, user: SlotUser, name: str, directory: str) -> bytes:
        # with more slots than cores, neighbours share one; with more cores, each slot has its own. Companions share the
        # slot's: those who talk take turns, and a second core would only be taken from another slot
        return protocol.pack_config(
            uid=user.uid,
            cpu=self._cores[slot % len(self._cores)],
            cgroup=place.mode,
            level=protocol.LEVEL_LANDLOCK if directory else protocol.LEVEL_NAMESPACES,
            name=name,
            hostname=self._settings.hostname,
            memory_parent=place.memory,
            pids_parent=place.pids,
            cpu_parent=place.cpu,
            scratch=directory,
            binds=self._settings.binds,
        )

    @property
    def slots(self) -> int:
        """How many programs may run at the same time."""
        return self._count

    @property
    def isolation(self) -> str:
        """The layers that are on in every slot."""
        return self._isolation

    @property
    def level(self) -> IsolationLevel:
        """Of every slot, once it is open."""
        return self._level

    @property
    def passed_over(self) -> LauncherFailed | None:
        """Why the better level could not be had, where this one was taken instead."""
        return self._passed_over

    @property
    def layers(self) -> tuple[protocol.Layer, ...]:
        """As the first slot's launcher found them."""
        return self._sandboxes[0].layers if self._sandboxes else ()

    def slot(self) -> AbstractAsyncContextManager[Sandbox]:
        """Wait for a free slot and hold it."""
        return self._slot()

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[Sandbox]:
        sandbox = await self._free.get()
        try:
            try:
                await sandbox.clear()
            except SandboxFailure:
                await sandbox.close()
                await sandbox.clear()
            yield sandbox
        finally:
            task = asyncio.create_task(self._tidy(sandbox))
            self._tidying.add(task)
            task.add_done_callback(self._tidying.discard)

    async def _tidy(self, sandbox: LauncherSandbox) -> None:
        """Now, and not when the next job waits for it."""
        try:
            with suppress(SandboxFailure):  # the next holder tries again
                await sandbox.clear()
        finally:
            self._free.put_nowait(sandbox)

    async def close(self) -> None:
        """End every launcher, and every run with it."""
        if self._tidying:
            await asyncio.wait(self._tidying)
        for sandbox in self._sandboxes:
            await sandbox.close()
        for user in self._users:
            user.close()
        self._sandboxes.clear()
        self._users.clear()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
