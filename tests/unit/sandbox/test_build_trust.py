"""Whose launcher is executed."""

import os
import shutil
from pathlib import Path

import pytest

from infrastructure.sandbox.build import BuildFailure, build_launcher

STRANGER = 54321


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PROBA_LAUNCHER", raising=False)
        return build_launcher(tmp_path_factory.mktemp("build"))


@pytest.fixture
def launcher(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("PROBA_LAUNCHER", raising=False)
    (tmp_path / "build").mkdir()
    return Path(shutil.copy2(built, tmp_path / "build"))


def test_what_was_built_before_is_taken(launcher: Path) -> None:
    before = launcher.stat()
    assert build_launcher(launcher.parent) == launcher
    assert launcher.stat().st_ino == before.st_ino


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give files away")
def test_a_strangers_launcher_is_not_executed(launcher: Path) -> None:
    os.chown(launcher, STRANGER, STRANGER)
    with pytest.raises(BuildFailure, match="remove it"):
        build_launcher(launcher.parent)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give files away")
def test_nor_one_that_a_stranger_could_replace(launcher: Path) -> None:
    os.chown(launcher.parent, STRANGER, STRANGER)
    with pytest.raises(BuildFailure, match="another user's"):
        build_launcher(launcher.parent)


def test_nor_one_that_all_may_write_to(launcher: Path) -> None:
    launcher.chmod(0o777)
    with pytest.raises(BuildFailure, match="remove it"):
        build_launcher(launcher.parent)
    launcher.chmod(0o755)
    launcher.parent.chmod(0o777)
    with pytest.raises(BuildFailure, match="writable by all"):
        build_launcher(launcher.parent)
    launcher.parent.chmod(0o1777)
    assert build_launcher(launcher.parent) == launcher
