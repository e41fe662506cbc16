"""Reads packages in a limited process of their own; see reading_process.

The process gets the package as descriptor 0 and a fresh, empty folder as working directory. Names inside a package
never reach the file system: unpacked files are called by numbers, and opened through the folder's descriptor.
"""

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, BinaryIO

from application.exceptions import StorageFull
from application.problems.packages import PackageRejected, ProblemDraft
from application.sandbox import Content
from domain.problems.entities import Complaint
from infrastructure.packages.draft_json import load_complaints, load_draft
from infrastructure.packages.unpacking_limits import UnpackingLimits
from infrastructure.threads import in_thread

_SCRIPT = Path(__file__).parent / "reading_process.py"
_PREFIX = "package-"
_LEFTOVER_AGE_SECONDS = 24 * 3600.0
_ERROR_SIZE = 4096
_READ_SIZE = 256 * 1024


class ReadingFailed(Exception):
    """The limited process ended without an answer, and no limit explains it: our fault."""

    def __init__(self, exit_code: int, error: str) -> None:
        super().__init__(exit_code, error)
        self.exit_code, self.error = exit_code, error

    def __str__(self) -> str:
        return f"the process that reads packages ended with {self.exit_code}: {self.error}"


class LimitedPackages:
    """``application.problems.packages.Packages``. POSIX only, as workers are.

    ``work_dir`` holds what is unpacked, as long as it is read. ``user_id``: what root becomes in the limited process;
    it should be nobody else's.
    """

    def __init__(self, work_dir: Path, limits: UnpackingLimits, user_id: int | None = None) -> None:
        self._work_dir = work_dir.absolute()
        self._limits = limits
        self._user_id = user_id if os.geteuid() == 0 else None
        self._swept = False

    @asynccontextmanager
    async def read(self, package: Content, *, to_judge: bool = False) -> AsyncIterator[ProblemDraft]:
        """Raises PackageRejected, StorageFull, ReadingFailed."""
        folder = await in_thread(self._new_folder)
        try:
            directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                yield await self._draft(package, folder, directory, to_judge=to_judge)
            finally:
                os.close(directory)
        finally:
            await in_thread(shutil.rmtree, folder)

    async def _draft(self, package: Content, folder: Path, directory: int, *, to_judge: bool) -> ProblemDraft:
        with _with_descriptor(package) as file:
            answer = await self._ask(file, folder)
        if answer.get("full"):
            raise StorageFull(f"no room to unpack a package in {self._work_dir}")
        if "complaints" in answer:
            complaints = load_complaints(answer["complaints"])
            if not (to_judge and "draft" in answer):
                raise PackageRejected(*complaints)
            return replace(load_draft(answer["draft"], directory), complaints=complaints)
        return load_draft(answer["draft"], directory)

    async def _ask(self, package: BinaryIO, folder: Path) -> dict[str, Any]:
        options = json.dumps({"limits": asdict(self._limits), "user_id": self._user_id, "parent": os.getpid()})
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-B", str(_SCRIPT), options,
            cwd=folder, stdin=package, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env={"LC_ALL": "C.UTF-8"}, start_new_session=True,
        )  # fmt: skip
        assert process.stderr is not None
        try:
            async with asyncio.timeout(self._limits.max_seconds):
                answer, error = await asyncio.gather(
                    _read_answer(process, self._limits.max_result_size), _read_head(process.stderr, _ERROR_SIZE)
                )
                await process.wait()
        except TimeoutError:
            raise PackageRejected(
                Complaint(f"reading the package takes longer than {self._limits.max_seconds} s")
            ) from None
        finally:
            await _end(process)
        if answer is None:
            raise PackageRejected(Complaint("the package describes more than can be taken in: use fewer, larger tests"))
        return self._understood(process.returncode or 0, answer, error)

    def _understood(self, code: int, answer: bytes, error: bytes) -> dict[str, Any]:
        if code in (-signal.SIGXCPU, -signal.SIGKILL):
            limit = self._limits.max_cpu_seconds
            raise PackageRejected(Complaint(f"reading the package takes more than {limit} s of cpu time"))
        if code == 0:
            document = json.loads(answer)
            assert isinstance(document, dict)
            return document
        raise ReadingFailed(code, error.decode(errors="backslashreplace"))

    def _new_folder(self) -> Path:
        self._work_dir.mkdir(parents=True, exist_ok=True)
        if not self._swept:
            self._sweep()
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=self._work_dir))
        if self._user_id is not None:
            os.chown(folder, self._user_id, self._user_id)
        return folder

    def _sweep(self) -> None:
        """Remove what a worker that was killed has left."""
        oldest = time.time() - _LEFTOVER_AGE_SECONDS
        for folder in self._work_dir.glob(f"{_PREFIX}*"):
            with suppress(OSError):
                if folder.lstat().st_mtime < oldest:
                    shutil.rmtree(folder)
        self._swept = True


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
    await _though_cancelled(process.wait)


async def _though_cancelled(step: Callable[[], Awaitable[object]]) -> None:
    """Nothing is left running, not even when this task is cancelled twice."""
    task = asyncio.ensure_future(step())
    while not task.done():
        with suppress(asyncio.CancelledError):
            await asyncio.shield(task)


async def _read_answer(process: asyncio.subprocess.Process, max_size: int) -> bytes | None:
    """All of it; None: it was too large, and the process was ended."""
    assert process.stdout is not None
    data = bytearray()
    while chunk := await process.stdout.read(_READ_SIZE):
        data += chunk
        if len(data) > max_size:
            with suppress(ProcessLookupError):
                process.kill()
            return None
    return bytes(data)


async def _read_head(stream: asyncio.StreamReader, size: int) -> bytes:
    """The beginning; the rest is read and forgotten, so that nobody waits to write it."""
    head = b""
    while chunk := await stream.read(_READ_SIZE):
        head += chunk[: size - len(head)]
    return head


def _with_descriptor(package: Content) -> BinaryIO:
    """The package as a file that a process can be given."""
    file = package.open()
    try:
        file.fileno()
    except OSError:
        with file:
            copy = tempfile.TemporaryFile()  # noqa: SIM115  # the caller closes it
            shutil.copyfileobj(file, copy, _READ_SIZE)
            copy.seek(0)
            return copy
    return file
