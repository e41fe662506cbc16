"""Names of a zip's entries: which are harmless, and how they are shown."""

import re
from zipfile import ZipInfo

_MAX_NAME_SIZE = 400
_MAX_DEPTH = 16
_SHOWN = 120
_DRIVE = re.compile(r"[A-Za-z]:")
_UTF8_FLAG = 0x800


class BadName(Exception):
    """``shown`` is printable."""

    def __init__(self, shown: str, reason: str) -> None:
        super().__init__(shown, reason)
        self.shown, self.reason = shown, reason


def entry_path(info: ZipInfo) -> str:
    """The path of an entry inside the package; that of a folder ends in a slash. Raises BadName."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8_FLAG:  # zipfile has taken the bytes for cp437
        raw = name.encode("cp437")
        try:
            name = raw.decode()
        except UnicodeDecodeError:
            raise BadName(shown_name(raw), "has a name that is not UTF-8") from None
    reason = name_problem(name)
    if reason is not None:
        raise BadName(shown_name(name.encode()), reason)
    return name


def name_problem(name: str) -> str | None:
    """What is wrong with a path inside a package; None: nothing."""
    parts = name.removesuffix("/").split("/")
    rules = (
        ("\0" in name, "has NUL in its name"),
        (not name.isprintable(), "has control characters in its name"),
        (len(name.encode()) > _MAX_NAME_SIZE, f"has a name of more than {_MAX_NAME_SIZE} bytes"),
        ("\\" in name, "has a backslash in its name: folders are divided by '/'"),
        (name.startswith("/") or _DRIVE.match(name), "has an absolute path for a name"),
        (".." in parts, "climbs out of its folder by '..'"),
        ("" in parts or "." in parts, "has an empty part or '.' in its path"),
        (len(parts) > _MAX_DEPTH, f"lies more than {_MAX_DEPTH} folders deep"),
    )
    return next((reason for broken, reason in rules if broken), None)


def shown_name(raw: bytes) -> str:
    """For complaints: escaped and shortened."""
    text = raw.decode(errors="backslashreplace")
    escaped = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return escaped if len(escaped) <= _SHOWN else escaped[:_SHOWN] + "…"
