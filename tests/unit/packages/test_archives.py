"""Tars as zips, and symbolic links in both: followed inside the package, and nowhere else."""

import io
import os
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from application.problems.packages import PackageRejected
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.tar_unpacker import TarUnpacker, is_tar
from infrastructure.packages.unpacking_limits import MIB, UnpackingLimits
from infrastructure.packages.zip_unpacker import ZipUnpacker

LIMITS = UnpackingLimits(
    max_packed_size=10 * MIB, max_unpacked_size=5 * MIB, max_file_size=3 * MIB, max_files=50, max_ratio=100,
    ratio_free_size=MIB,
)  # fmt: skip


def tar(entries: list[tuple[str, bytes | str]], mode: str = "w", kind: bytes | None = None) -> bytes:
    """Text is the target of a symbolic link, or of ``kind``."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in entries:
            info = tarfile.TarInfo(name)
            if isinstance(content, str):
                info.type, info.linkname = kind or tarfile.SYMTYPE, content
                archive.addfile(info)
            else:
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def zipped(entries: list[tuple[str, bytes | str]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries:
            info = zipfile.ZipInfo(name)
            if isinstance(content, str):
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, content)
    return buffer.getvalue()


@pytest.fixture
def unpack(tmp_path: Path) -> Iterator[Callable[[bytes], PackageFolder]]:
    descriptors: list[int] = []

    def unpacking(data: bytes) -> PackageFolder:
        folder = tmp_path / str(len(descriptors))
        folder.mkdir()
        descriptors.append(os.open(folder, os.O_RDONLY))
        package = io.BytesIO(data)
        unpacker = TarUnpacker if is_tar(package) else ZipUnpacker
        return unpacker(package, descriptors[-1], LIMITS).unpack()

    yield unpacking
    for descriptor in descriptors:
        os.close(descriptor)


FILES: list[tuple[str, bytes | str]] = [("p/data/1.in", b"1\n"), ("p/problem.yaml", b"name: x\n")]


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tars_of_every_compression(unpack: Callable[[bytes], PackageFolder], mode: str) -> None:
    folder = unpack(tar([("./" + name, content) for name, content in FILES], mode))
    assert sorted(folder.files) == ["p/data/1.in", "p/problem.yaml"]
    assert folder.data("p/data/1.in", 10) == b"1\n"


@pytest.mark.parametrize("pack", [tar, zipped])
def test_links_are_followed_inside(
    unpack: Callable[[bytes], PackageFolder], pack: Callable[[list[tuple[str, bytes | str]]], bytes]
) -> None:
    links = [
        ("p/a", "data/1.in"), ("p/b", "a"), ("p/more", "data"), ("p/deep/c", "../more/1.in"),
        ("p/out", "../../etc/passwd"), ("p/absolute", "/etc/passwd"), ("p/circle", "circle"), ("p/nowhere", "x"),
    ]  # fmt: skip
    folder = unpack(pack([*FILES, *links]))
    new = set(folder.files) - {name for name, _ in FILES}
    assert new == {"p/a", "p/b", "p/more/1.in", "p/deep/c"}
    assert {folder.data(path, 10) for path in new} == {b"1\n"}
    assert {warning.file for warning in folder.warnings} == {"p/out", "p/absolute", "p/circle", "p/nowhere"}


def test_hard_links_are_links(unpack: Callable[[bytes], PackageFolder]) -> None:
    folder = unpack(tar([*FILES, ("p/data/2.in", "p/data/1.in")], kind=tarfile.LNKTYPE))
    assert folder.data("p/data/2.in", 10) == b"1\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (tar([("../x", b"")]), "climbs out"),
        (tar([("/x", b"")]), "absolute path"),
        (tar([("x", b""), ("x", b"")]), "is there twice"),
        (tar([("x", b""), ("x/y", b"")]), "lies in what is a file"),
        (tar([("x/y", b""), ("x", b"")]), "a file and a folder at once"),
        (tar([("l", "d"), ("l/y", b"")]), "lies in what is a file"),
        (tar([("x", "y")], kind=tarfile.FIFOTYPE), "neither a file nor a folder"),
        (tar([("x", "y")], kind=tarfile.CHRTYPE), "neither a file nor a folder"),
        (tar([("x", "y" * 2000)]), "is a link to a name of more than"),
        (tar([(f"x{n}", b"") for n in range(60)]), "more than 50 entries"),
        (tar([("x", b"0" * (4 * MIB))]), "more than 3 MiB"),
        (tar([(f"x{n}", b"0" * MIB) for n in range(4)], "w:gz"), "more than 100 times its size"),
        (tar([*((f"d/{n}", b"") for n in range(20)), ("a", "d"), ("b", "d"), ("c", "d")]), "symbolic links make more"),
        (tar(FILES, "w:gz")[:100], "not a sound tar file"),
        (b"\x1f\x8b" + b"\0" * 600, "not a sound tar file"),
        (b"BZh" + b"\0" * 600, "not a sound tar file"),
    ],
    ids=range(16),
)
def test_hostile_tars(unpack: Callable[[bytes], PackageFolder], data: bytes, message: str) -> None:
    with pytest.raises(PackageRejected) as caught:
        unpack(data)
    assert message in caught.value.complaints[0].message
