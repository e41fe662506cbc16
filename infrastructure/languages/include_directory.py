"""The operator's headers for setters' programs: testlib.h above all."""

from collections.abc import Mapping
from pathlib import Path

MIB = 1024 * 1024
MOST_BYTES = 16 * MIB
ENDINGS = (".h", ".hpp")


class IncludeDirectoryError(Exception):
    """``PROBA_INCLUDE_DIR`` names what cannot be read, or holds too much."""


def read_headers(directory: Path | None) -> Mapping[str, bytes]:
    """Its ``*.h`` and ``*.hpp`` by name, without its directories; None: nothing. Raises IncludeDirectoryError."""
    if directory is None:
        return {}
    headers: dict[str, bytes] = {}
    left = MOST_BYTES
    try:
        for path in sorted(directory.iterdir()):
            if path.suffix not in ENDINGS or not path.is_file():
                continue
            with path.open("rb") as file:
                content = file.read(left + 1)
            left -= len(content)
            if left < 0:
                raise IncludeDirectoryError(
                    f"PROBA_INCLUDE_DIR={directory}: its headers have more than {MOST_BYTES // MIB} MiB together; "
                    "name a directory with nothing but what setters' programs include"
                )
            headers[path.name] = content
    except OSError as error:
        raise IncludeDirectoryError(
            f"PROBA_INCLUDE_DIR={directory} cannot be read: {error.strerror or error}; "
            "name a directory with testlib.h, or leave it empty"
        ) from error
    return headers
