"""What errors become on the command line. Told by name for the classes whose modules are slow to import."""

from infrastructure.cli.exceptions import CommandError, ExitCode
from infrastructure.embedded.exceptions import EmbeddedServerError, EmbeddedServerUnavailable

_BY_NAME = {
    "domain.exceptions.ProbaError": ExitCode.FAILED,
    "application.exceptions.StorageUnavailable": ExitCode.FAILED,
    "application.exceptions.StorageFull": ExitCode.FAILED,
    "infrastructure.cannot_listen.CannotListen": ExitCode.FAILED,
    "infrastructure.providers.config.MissingSetting": ExitCode.USAGE,
    "infrastructure.languages.include_directory.IncludeDirectoryError": ExitCode.USAGE,
}


def exit_code_of(error: Exception) -> tuple[ExitCode, str]:
    """The exit code and the words for the user."""
    if isinstance(error, CommandError):
        return error.code, str(error)
    if isinstance(error, EmbeddedServerError):
        cannot = isinstance(error, EmbeddedServerUnavailable)
        return ExitCode.HOST_CANNOT if cannot else ExitCode.FAILED, str(error)
    for kind in type(error).__mro__:
        code = _BY_NAME.get(f"{kind.__module__}.{kind.__qualname__}")
        if code is not None:
            return code, str(error)
    words = f"unexpected {type(error).__name__}: {error}\nPROBA_DEBUG=1 shows where it came from"
    return ExitCode.FAILED, words
