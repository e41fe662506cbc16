import signal
import socket
from pathlib import Path
from urllib.parse import quote

from infrastructure.embedded import processes
from infrastructure.embedded.account import Account
from infrastructure.embedded.binaries import valkey_server
from infrastructure.embedded.exceptions import EmbeddedServerFailed
from infrastructure.embedded.server_process import ServerProcess
from infrastructure.embedded.socket_directory import socket_directory

START_SECONDS, STOP_SECONDS, PING_SECONDS = 60, 10, 1.0
ORPHAN_STEPS = ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))


class EmbeddedValkey:
    """Valkey on a unix socket, its append-only file under ``directory``. Only the holder of the directory's lock may
    start it.
    """

    name = "Valkey"

    def __init__(self, directory: Path) -> None:
        self._directory = directory.resolve()
        self._data = self._directory / "valkey"
        self._process = ServerProcess(f"the embedded {self.name}", self._directory / "valkey.log")
        self._socket: Path | None = None

    @property
    def pid(self) -> int | None:
        """Of the running server."""
        return self._process.pid

    @property
    def url(self) -> str:
        """For redis-py, once it was started."""
        return f"unix://{quote(str(self._socket), safe='/')}"

    def start(self) -> None:
        """End an orphan that still serves the directory, start and wait until it answers. Raises
        EmbeddedServerUnavailable, EmbeddedServerFailed.
        """
        binary = valkey_server()
        account = Account.for_directory(self.name, self._data)
        account.own(self._data)
        place = socket_directory(self._directory, "valkey", account) / "socket"
        self._end_orphan()
        place.unlink(missing_ok=True)
        self._socket = place
        command = [str(binary), "--port", "0", "--unixsocket", str(place), "--unixsocketperm", "700"]
        command += ["--dir", str(self._data), "--save", "", "--appendonly", "yes", "--maxmemory-policy", "noeviction"]
        command += ["--pidfile", str(self._pid_file), "--set-proc-title", "no"]
        self._process.start([*account.prefix, *command], {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"})
        self._process.wait_until(lambda _: _answers(place), START_SECONDS)

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""
        return self._process.poll()

    def said(self) -> str:
        """The end of what it said."""
        return self._process.said()

    def stop(self) -> None:
        """Everything acknowledged is on disk afterwards."""
        self._process.stop(signal.SIGTERM, STOP_SECONDS)

    @property
    def _pid_file(self) -> Path:
        return self._data / "valkey.pid"

    def _end_orphan(self) -> None:
        try:
            pid = int(self._pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return
        if str(self._data) in processes.command_line(pid) and processes.stop([pid], *ORPHAN_STEPS):
            raise EmbeddedServerFailed(
                f"the embedded {self.name}", f"process {pid} still serves {self._data} and would not end", ""
            )


def _answers(place: Path) -> bool:
    """Whether it has loaded its file and answers."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(PING_SECONDS)
        try:
            client.connect(str(place))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False
