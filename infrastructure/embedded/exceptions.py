"""Why an embedded server does not run.

EmbeddedServerError
├── EmbeddedServerUnavailable   this machine cannot run it; ``cure`` says what to do
├── EmbeddedServerFailed        it ended or did not become ready; ``log`` is the end of what it said
└── DirectoryInUse              another process holds the directory
"""

from pathlib import Path


class EmbeddedServerError(Exception):
    """Base of the errors here."""


class EmbeddedServerUnavailable(EmbeddedServerError):
    """This machine cannot run the server."""

    def __init__(self, server: str, reason: str, cure: str) -> None:
        super().__init__(server, reason, cure)
        self.server, self.reason, self.cure = server, reason, cure

    def __str__(self) -> str:
        return f"the embedded {self.server} cannot run here: {self.reason}; {self.cure}"


class EmbeddedServerFailed(EmbeddedServerError):
    """The server was started and did not get ready; ``exit_code`` is None where it did not end by itself."""

    def __init__(self, server: str, reason: str, log: str, exit_code: int | None = None) -> None:
        super().__init__(server, reason, log, exit_code)
        self.server, self.reason, self.log, self.exit_code = server, reason, log, exit_code

    def __str__(self) -> str:
        said = f"; it said:\n{self.log}" if self.log else ""
        return f"{self.server} did not start: {self.reason}{said}"


class DirectoryInUse(EmbeddedServerError):
    """Another process holds the directory."""

    def __init__(self, directory: Path, pid: int | None) -> None:
        super().__init__(directory, pid)
        self.directory, self.pid = directory, pid

    def __str__(self) -> str:
        by = f" (pid {self.pid})" if self.pid else ""
        return f"{self.directory} is in use by another proba{by}; stop it, or set PROBA_DIR to another directory"
