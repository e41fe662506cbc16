"""Names of a zip's entries: which are harmless, and how they are shown."""

import re
from zipfile import ZipInfo

from domain.problems.entities import Complaint

_MAX_NAME_SIZE = 400
_MAX_DEPTH = 16
_SHOWN = 120
_DRIVE = re.compile(r"[A-Za-z]:")
_UTF8_FLAG = 0x800
_DOS = 0


class BadName(Exception):
    """``shown`` is printable. ``odd``: it does no harm, and its entry can be left out, or be called ``instead``."""

    def __init__(self, shown: str, reason: str, *, odd: bool = False, instead: str | None = None) -> None:
        super().__init__(shown, reason)
        self.shown, self.reason, self.odd, self.instead = shown, reason, odd, instead

    def left_out(self) -> Complaint:
        """The warning about an entry that was passed over: real packages have drafts and notes with such names."""
        return Complaint(f"{self.reason}: it was left out", self.shown)

    def renamed(self) -> Complaint:
        """The warning about one that was called otherwise."""
        return Complaint(f"{self.reason}: it is called {self.instead} here", self.shown)


def entry_path(info: ZipInfo) -> str:
    """The path of an entry inside the package; that of a folder ends in a slash. Raises BadName."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8_FLAG:  # zipfile has taken the bytes for cp437
        raw = name.encode("cp437")
        try:
            name = raw.decode()
        except UnicodeDecodeError:
            name = raw.decode(errors="surrogateescape")
    if info.create_system == _DOS:  # old Windows programs divide folders so
        name = name.replace("\\", "/")
    check_name(name)
    return name


def check_name(name: str) -> None:
    """Look at a path inside a package. Raises BadName."""
    raw = name.encode(errors="surrogateescape")
    parts = name.removesuffix("/").split("/")
    harmful = (
        ("\0" in name, "has NUL in its name"),
        (name.startswith("/") or _DRIVE.match(name), "has an absolute path for a name"),
        (".." in re.split(r"[/\\]", name), "climbs out of its folder by '..'"),
        ("" in parts or "." in parts, "has an empty part or '.' in its path"),
    )
    odd = (
        (not _is_text(name), "has a name that is not UTF-8"),
        (not name.isprintable(), "has control characters in its name"),
        (len(raw) > _MAX_NAME_SIZE, f"has a name of more than {_MAX_NAME_SIZE} bytes"),
        ("\\" in name, "has a backslash in its name, and folders are divided by '/'"),
        (len(parts) > _MAX_DEPTH, f"lies more than {_MAX_DEPTH} folders deep"),
    )
    for rules, is_odd in ((harmful, False), (odd, True)):
        for broken, reason in rules:
            if broken:
                raise BadName(shown_name(raw), reason, odd=is_odd, instead=_instead(name) if is_odd else None)


def _instead(name: str) -> str | None:
    """The same with odd bytes and characters as "%E9"; None: that would be no better."""
    called = "".join(c if c.isprintable() and c not in "\\\x7f" else _escaped(c) for c in name)
    return called if called != name and is_sound(called) else None


def _escaped(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode(errors="surrogateescape"))


def is_sound(name: str) -> bool:
    """Whether nothing is wrong with it."""
    try:
        check_name(name)
    except BadName:
        return False
    return True


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # bytes that tarfile could not decode
        return False
    return True


def shown_name(raw: bytes) -> str:
    """For complaints: escaped and shortened."""
    text = raw.decode(errors="backslashreplace")
    escaped = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return escaped if len(escaped) <= _SHOWN else escaped[:_SHOWN] + "…"
