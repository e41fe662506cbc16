"""One launcher: starting it, and one request at a time over its socket, on the running event loop, without threads."""

import array
import asyncio
import errno
import os
import socket
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from application.sandbox import SandboxFailure
from infrastructure.sandbox import protocol

_RECEIVE_SIZE = protocol.MESSAGE_MAX
_DESCRIPTORS_SPACE = socket.CMSG_SPACE(4 * array.array("i").itemsize)
_START_TIMEOUT = 20.0
_STOP_TIMEOUT = 5.0


class LauncherFailed(SandboxFailure):
    """A step of the launcher failed. ``step`` names it, ``error`` is its errno (0: it died without a word)."""

    def __init__(self, step: str, error: int, detail: str) -> None:
        super().__init__(step, error, detail)
        self.step = step
        self.error = error
        self.detail = detail

    def __str__(self) -> str:
        reason = f": {os.strerror(self.error)}" if self.error else ""
        return f"the sandbox's launcher failed at {self.step}{f' ({self.detail})' if self.detail else ''}{reason}"


Message = tuple[bytes, tuple[int, ...]]
"""With the descriptors that go with it."""
Reply = tuple[bytes, list[int]]


class LauncherProcess:
    """A started launcher. ``layers`` is what it has set up. After a failure it must be closed.

    ``scratch``: where its box, /app and /tmp lie, "" where these are really so called.
    """

    def __init__(self, process: subprocess.Popen[bytes], channel: socket.socket, scratch: str) -> None:
        self._process = process
        self._channel = channel
        self._loop = asyncio.get_running_loop()
        self._replies: list[Reply] = []
        self._done: asyncio.Future[None] | None = None
        self._failure: LauncherFailed | None = None
        self.layers: tuple[protocol.Layer, ...] = ()
        self.scratch = scratch
        self._loop.add_reader(channel.fileno(), self._readable)

    @classmethod
    async def start(cls, executable: Path, config: bytes, scratch: str = "") -> "LauncherProcess":
        """Start and set up. Raises LauncherFailed with the step that the host refuses."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)  # noqa: FBT003 - the library has it so
        with theirs:
            try:
                process = subprocess.Popen(  # noqa: ASYNC220 - once a slot, and quicker than a watcher of children
                    [str(executable), str(theirs.fileno())],
                    pass_fds=(theirs.fileno(),),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    start_new_session=True,
                    cwd="/",
                    env={},
                )
            except OSError as error:
                ours.close()
                raise LauncherFailed("starting it", error.errno or 0, str(executable)) from error
        launcher = cls(process, ours, scratch)
        try:
            async with asyncio.timeout(_START_TIMEOUT):
                replies = await launcher.request([(config, ())])
            launcher.layers = protocol.unpack_ready(replies[-1][0])
        except TimeoutError as error:
            await launcher.close()
            raise LauncherFailed("setting up", 0, f"not ready in {_START_TIMEOUT:g} s") from error
        except BaseException:
            await launcher.close()
            raise
        return launcher

    @property
    def pid(self) -> int:
        """Of the keeper, the outermost process."""
        return self._process.pid

    @property
    def failed(self) -> bool:
        """Whether it is of no use any more."""
        return self._failure is not None

    async def request(self, messages: list[Message], sent_all: Callable[[], None] | None = None) -> list[Reply]:
        """Send the messages, call ``sent_all``, and wait for all replies up to the final one.

        Cancelling kills the run and waits for its end. Raises LauncherFailed.
        """
        if self._failure is not None:
            raise self._failure
        self._done = self._loop.create_future()
        self._replies = []
        sent = 0
        try:
            for message, descriptors in messages:
                await self._send(message, descriptors)
                sent += 1
            if sent_all is not None:
                sent_all()
            await asyncio.shield(self._done)
        except asyncio.CancelledError:
            await self._cancel(complete=sent == len(messages))
            raise
        replies, self._replies = self._replies, []
        return replies

    def kill(self) -> None:
        """End the run, if there is one; its result comes all the same."""
        if self._failure is None and self._done is not None and not self._done.done():
            with suppress(OSError):  # it has died: then the run has, too
                self._channel.send(protocol.KILL_MESSAGE)

    async def _send(self, message: bytes, descriptors: tuple[int, ...]) -> None:
        while True:
            try:
                if descriptors:
                    socket.send_fds(self._channel, [message], descriptors)
                else:
                    self._channel.send(message)
            except BlockingIOError:
                await self._writable()
            except OSError as error:
                # it has died; what it said before is still to be read
                if self._done is not None and not self._done.done():
                    self._readable()
                if self._failure is None:
                    self._fail(LauncherFailed("sending to it", error.errno or 0, ""))
                assert self._failure is not None
                raise self._failure from error
            else:
                return

    async def _writable(self) -> None:
        future: asyncio.Future[None] = self._loop.create_future()
        self._loop.add_writer(self._channel.fileno(), _resolve, future)
        try:
            await future
        finally:
            self._loop.remove_writer(self._channel.fileno())

    def _readable(self) -> None:
        while True:
            try:
                message, ancillary, flags, _ = self._channel.recvmsg(_RECEIVE_SIZE, _DESCRIPTORS_SPACE)
            except BlockingIOError:
                return
            except OSError as error:
                self._fail(LauncherFailed("receiving from it", error.errno or 0, ""))
                return
            descriptors = _descriptors(ancillary) if ancillary else []
            if not message:
                self._fail(LauncherFailed("running", 0, "it died"))
                return
            if flags & (socket.MSG_CTRUNC | socket.MSG_TRUNC):
                _close_all(descriptors)
                self._fail(LauncherFailed("receiving from it", errno.EMFILE, "a descriptor was lost"))
                return
            if self._take(message, descriptors):
                return

    def _take(self, message: bytes, descriptors: list[int]) -> bool:
        """Whether this was the final reply."""
        try:
            kind = protocol.message_type(message)
            failed = protocol.unpack_failed(message) if kind == protocol.FAILED else None
        except protocol.ProtocolError as error:
            _close_all(descriptors)
            self._fail(LauncherFailed("protocol", 0, str(error)))
            return True
        if failed is not None:
            _close_all(descriptors)
            self._fail(LauncherFailed(failed.step, failed.error, failed.detail))
            return True
        self._replies.append((message, descriptors))
        if kind == protocol.ARTEFACT or self._done is None or self._done.done():
            return False
        self._done.set_result(None)
        return True

    def _fail(self, failure: LauncherFailed) -> None:
        if self._failure is None:
            self._failure = failure
        self._loop.remove_reader(self._channel.fileno())
        for _, descriptors in self._replies:
            _close_all(descriptors)
        self._replies = []
        if self._done is not None and not self._done.done():
            self._done.set_exception(self._failure)

    async def _cancel(self, *, complete: bool) -> None:
        """End the run that nobody waits for any more. A request that was sent in part leaves a launcher of no use."""
        done = self._done
        if done is not None and complete and self._failure is None:
            try:
                self._channel.send(protocol.KILL_MESSAGE)
                async with asyncio.timeout(_STOP_TIMEOUT):
                    await asyncio.shield(done)
            except (OSError, TimeoutError, SandboxFailure, asyncio.CancelledError):
                complete = False
        if done is not None and done.done() and not done.cancelled():
            done.exception()  # it has been told
        for _, descriptors in self._replies:
            _close_all(descriptors)
        self._replies = []
        if not complete:
            self._fail(LauncherFailed("running", 0, "cancelled"))

    async def close(self) -> None:
        """End it, and everything that runs in it."""
        self._fail(LauncherFailed("running", 0, "it was closed"))
        if self._done is not None and self._done.done() and not self._done.cancelled():
            self._done.exception()
        self._channel.close()
        deadline = self._loop.time() + _STOP_TIMEOUT
        pause = 0.001
        while self._process.poll() is None:
            if self._loop.time() > deadline:
                self._process.kill()
            await asyncio.sleep(pause)
            pause = min(pause * 2, 0.05)


def _resolve(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def _descriptors(ancillary: list[tuple[int, int, bytes]]) -> list[int]:
    descriptors = array.array("i")
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
    return list(descriptors)


def _close_all(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
