"""Zips by hand, the hostile ones too."""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

TOML = 'title = "Sum"\nslug = "sum"\n'
GOOD: Mapping[str, str | bytes] = {"problem.toml": TOML, "tests/1.in": "2 3\n", "tests/1.out": "5\n"}


def packed(files: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An honest zip, the same bytes whenever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()


def with_entry(name: str, content: bytes = b"", *, mode: int = 0, flags: int = 0, method: int = 0) -> bytes:
    """A good package with one more entry, with a Unix mode, and flags and method that are but claimed."""
    buffer = io.BytesIO(packed(GOOD))
    with zipfile.ZipFile(buffer, "a") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        archive.writestr(info, content)
    return claimed(buffer.getvalue(), name.encode(), flags=flags, method=method)


def claimed(data: bytes, name: bytes, *, flags: int = 0, method: int | None = None, size: int | None = None) -> bytes:
    """The same bytes with other claims about one entry, in both of its headers."""
    changed = bytearray(data)
    for signature, start in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        length = 30 if start == 6 else 46
        headers = (found.start() for found in re.finditer(re.escape(signature), data))
        at = next(at for at in headers if data.startswith(name, at + length))
        old_flags, old_method = struct.unpack_from("<HH", changed, at + start)
        struct.pack_into("<HH", changed, at + start, old_flags | flags, old_method if method is None else method)
        if size is not None:
            struct.pack_into("<I", changed, at + start + 16, size)
    return bytes(changed)


def raw_name(name: bytes, flags: int = 0) -> bytes:
    """A good package with an entry whose name is these bytes."""
    stand_in = b"?" * len(name)
    return with_entry(stand_in.decode(), flags=flags).replace(stand_in, name)


def overlapping() -> bytes:
    """One deflated kernel that a thousand entries share."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = b"0" * 1_000_000
    kernel = compressor.compress(content) + compressor.flush()
    fields = struct.pack("<HHHHHIII", 20, 0, 8, 0, 0x21, zlib.crc32(content), len(kernel), len(content))
    local = b"PK\3\4" + fields + struct.pack("<HH", 6, 0) + b"000.in" + kernel
    central = b"".join(
        b"PK\1\2" + struct.pack("<H", 20) + fields + struct.pack("<HHHHHII", 6, 0, 0, 0, 0, 0, 0) + b"%03d.in" % n
        for n in range(1000)
    )
    return local + central + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1000, 1000, len(central), len(local), 0)


Hostile = tuple[Callable[[], bytes], str, str | None]

HOSTILE: Mapping[str, Hostile] = {
    "no zip": (lambda: b"nonsense" * 100, "is not a sound zip file", None),
    "empty": (lambda: b"", "is not a sound zip file", None),
    "cut off": (lambda: packed(GOOD)[:-30], "is not a sound zip file", None),
    "headers only": (lambda: b"PK\5\6" + b"\0" * 18, "the format is not known", None),
    "climbing": (lambda: with_entry("../../etc/passwd"), "climbs out", "../../etc/passwd"),
    "climbing backwards": (lambda: with_entry("..\\..\\x"), "climbs out", "..\\..\\x"),
    "climbing inside": (lambda: with_entry("tests/../../x"), "climbs out", "tests/../../x"),
    "absolute": (lambda: with_entry("/etc/cron.d/x"), "absolute path", "/etc/cron.d/x"),
    "drive": (lambda: with_entry("C:/x"), "absolute path", "C:/x"),
    "dots": (lambda: with_entry("tests/./2.in"), "empty part", "tests/./2.in"),
    "empty part": (lambda: with_entry("tests//2.in"), "empty part", "tests//2.in"),
    "NUL": (lambda: raw_name(b"tests/2.in\0.txt"), "NUL", "tests/2.in\\x00.txt"),
    "not the UTF-8 it claims": (lambda: raw_name(b"\xff\xfe", flags=0x800), "not UTF-8", "\\xff\\xfe"),
    "a long symlink": (lambda: with_entry("s", b"x" * 2000, mode=stat.S_IFLNK | 0o777), "symbolic link", "s"),
    "fifo": (lambda: with_entry("tests/p", mode=stat.S_IFIFO | 0o600), "neither a file nor", "tests/p"),
    "device": (lambda: with_entry("tests/d", mode=stat.S_IFCHR | 0o600), "neither a file nor", "tests/d"),
    "folder with content": (lambda: with_entry("tests/x/", b"x"), "but has a content", "tests/x/"),
    "file and folder": (lambda: with_entry("problem.toml/x"), "file and a folder", "problem.toml"),
    "twice": (lambda: raw_name(b"tests/1.in"), "is there twice", "tests/1.in"),
    "encrypted": (lambda: with_entry("secret", b"x" * 20, flags=1), "is encrypted", "secret"),
    "bzip2": (lambda: packed(GOOD, zipfile.ZIP_BZIP2), "packed by method 12", "problem.toml"),
    "lzma": (lambda: packed(GOOD, zipfile.ZIP_LZMA), "packed by method 14", "problem.toml"),
    "unknown method": (lambda: with_entry("x", b"y", method=99), "packed by method 99", "x"),
    "claims less": (lambda: claimed(packed(GOOD), b"tests/1.in", size=2), "is damaged", "tests/1.in"),
    "claims more": (lambda: claimed(packed(GOOD), b"tests/1.in", size=500_000), "is damaged", "tests/1.in"),
    "claims far too much": (
        lambda: claimed(packed(GOOD), b"tests/1.in", size=0xFFFFFFF0),
        "unpacks to 4 GiB, more than 1 MiB",
        "tests/1.in",
    ),
    "large file": (lambda: packed({**GOOD, "x": b"0" * 1_100_000}), "unpacks to 1 MiB, more than 1 MiB", "x"),
    "large in all": (
        lambda: packed({**GOOD, **{f"{n}": bytes([n]) * 999_999 for n in range(6)}}, 0),
        "the package unpacks to 5.7 MiB, more than 5 MiB",
        None,
    ),
    "bomb": (lambda: packed({**GOOD, **{f"{n}": b"0" * 999_999 for n in range(4)}}), "as a zip bomb does", None),
    "overlapping": (overlapping, "overlaps with another entry", None),
    "many": (lambda: packed({**GOOD, **{f"{n}": "" for n in range(1200)}}), "more than 1000", None),
    "damaged": (lambda: packed(GOOD, 0).replace(b"2 3\n", b"2 4\n"), "is damaged: Bad CRC", "tests/1.in"),
    "other name in the local header": (
        lambda: packed(GOOD).replace(b"tests/1.in", b"tests/9.in", 1),
        "is damaged: File name in directory",
        "tests/1.in",
    ),
}


ODD: dict[str, tuple[Callable[[], bytes], str, str, str | None]] = {
    "backslash": (lambda: with_entry("tests\\1.in"), "backslash", "tests\\1.in", "tests%5C1.in"),
    "escape sequence": (lambda: raw_name(b"\x1b[2J"), "control characters", "\\x1b[2J", "%1B[2J"),
    "right to left": (
        lambda: with_entry("tests/\u202eni.1"),
        "control characters",
        "tests/\\u202eni.1",
        "tests/%E2%80%AEni.1",
    ),
    "not UTF-8": (lambda: raw_name(b"\xff\xfe"), "not UTF-8", "\\xff\\xfe", "%FF%FE"),
    "long name": (lambda: with_entry("x" * 500), "more than 400 bytes", "x" * 120 + "…", None),
    "deep": (lambda: with_entry("a/" * 17 + "b"), "16 folders deep", "a/" * 17 + "b", None),
}
"""Good packages with an entry that is called otherwise, or (None) left out."""
