"""A folder as a package: nothing that it does not hold, and nothing opened through a link."""

import io
import os
import tarfile
from pathlib import Path

import pytest

from application.problems.packages import PackageRejected
from infrastructure.packages.folder_archive import Compression, pack_folder
from infrastructure.packages.unpacking_limits import UnpackingLimits

MANY = 1 << 30


def packed(folder: Path, max_size: int = MANY, max_files: int = 100, compression: Compression = "") -> tarfile.TarFile:
    file = io.BytesIO()
    pack_folder(folder, file, max_size, max_files, compression)
    file.seek(0)
    return tarfile.open(fileobj=file)


@pytest.mark.parametrize("compression", ["", "gz"])
def test_files_and_links_as_they_are(tmp_path: Path, compression: Compression) -> None:
    folder = tmp_path / "package"
    (folder / "data/secret").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / ".git/config").write_text("no part of it")
    (folder / "data/secret/1.in").write_text("one")
    os.link(folder / "data/secret/1.in", folder / "data/secret/2.in")
    (folder / "data/sample").symlink_to("secret")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/key").write_text("not to be read")
    (folder / "away").symlink_to(tmp_path / "outside")
    (folder / "key").symlink_to("../outside/key")
    (folder / ("п" * 60)).write_text("a long name")
    with packed(folder, compression=compression) as archive:
        found = {info.name: (info.type, info.linkname) for info in archive}
        content = archive.extractfile("data/secret/2.in")
        assert content is not None
        assert content.read() == b"one"
    regular = (tarfile.REGTYPE, "")
    assert found == {
        "data/secret/1.in": regular,
        "data/secret/2.in": regular,
        "data/sample": (tarfile.SYMTYPE, "secret"),
        "away": (tarfile.SYMTYPE, str(tmp_path / "outside")),
        "key": (tarfile.SYMTYPE, "../outside/key"),
        "п" * 60: regular,
    }


def test_a_fifo_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PackageRejected) as refusal:
        packed(tmp_path)
    assert refusal.value.complaints[0].file == "pipe"


def test_what_is_too_much_is_refused_before_it_is_written(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(PackageRejected, match="PROBA_MAX_PACKAGE_UNPACKED_SIZE"):
        packed(tmp_path)
    (tmp_path / "large").unlink()
    for number in range(4):
        (tmp_path / str(number)).touch()
    with pytest.raises(PackageRejected, match="PROBA_MAX_PACKAGE_FILES"):
        packed(tmp_path, max_files=3)


def test_an_upload_of_equal_files_has_equal_bytes_and_never_looks_like_a_bomb(tmp_path: Path) -> None:
    with (tmp_path / "zeros").open("wb") as file:
        file.truncate(80 << 20)
    uploads = [io.BytesIO(), io.BytesIO()]
    for upload in uploads:
        pack_folder(tmp_path, upload, MANY, 100, "gz")
    assert uploads[0].getvalue() == uploads[1].getvalue()
    assert (80 << 20) / len(uploads[0].getvalue()) < UnpackingLimits().max_ratio


def test_the_folder_itself_may_be_named_by_a_link(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package/1.in").write_text("one")
    (tmp_path / "link").symlink_to("package")
    with packed(tmp_path / "link") as archive:
        assert archive.getnames() == ["1.in"]


def test_an_empty_folder_is_no_package(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    with pytest.raises(PackageRejected, match="the folder is empty"):
        packed(tmp_path)
