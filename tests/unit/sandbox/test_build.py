import os
import time
from pathlib import Path

import pytest

from infrastructure.sandbox import build


def test_what_is_there_is_not_built_again(tmp_path: Path) -> None:
    first = build.build_launcher(tmp_path)
    stamp = first.stat()
    started = time.perf_counter()
    assert build.build_launcher(tmp_path) == first
    assert time.perf_counter() - started < 0.05
    assert first.stat().st_mtime_ns == stamp.st_mtime_ns
    assert os.access(first, os.X_OK)
    assert [p.name for p in tmp_path.iterdir()] == [first.name]


def test_no_compiler_is_told_with_its_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(build, "find_spec", lambda _: None)
    with pytest.raises(build.BuildFailure, match=r"apt-get install gcc.*ziglang"):
        build.build_launcher(tmp_path)


def test_a_launcher_that_was_brought_does_without_a_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    brought = build.build_launcher(tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(build, "find_spec", lambda _: None)
    assert build.build_launcher(tmp_path) == brought


def test_a_compiler_that_fails_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "fakecc"
    fake.write_text("#!/bin/sh\necho some complaint >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("CC", str(fake))
    with pytest.raises(build.BuildFailure, match="some complaint"):
        build.build_launcher(tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(build.BuildFailure, match="PROBA_BUILD_DIR"):
        build.build_launcher(tmp_path / "build")
