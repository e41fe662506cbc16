import shutil
import sys
from pathlib import Path

import pytest

from benchmarks.bare import bare_runs
from benchmarks.peers import AbsentPeer, find_peers
from benchmarks.timed_runs import TimedRuns, TimedRunsFailed

needs_compiler = pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler named cc")


@needs_compiler
def test_runs_are_counted_and_timed(tmp_path: Path) -> None:
    counted = tmp_path / "counted"
    with bare_runs(tmp_path, ["/bin/sh", "-c", f"echo x >> {counted}"]) as runs:
        assert runs.run() > 0
        runs.start(5)
        assert runs.took() > 0
    assert counted.read_text() == "x\n" * 6


@needs_compiler
def test_a_program_that_fails_is_no_figure(tmp_path: Path) -> None:
    with bare_runs(tmp_path, ["/bin/false"]) as runs, pytest.raises(TimedRunsFailed, match="ended with 4"):
        runs.run()


def test_what_the_driver_said_is_told() -> None:
    argv = [sys.executable, "-c", "import sys; sys.exit('no such sandbox')"]
    with TimedRuns(argv) as runs, pytest.raises(TimedRunsFailed, match="no such sandbox"):
        runs.run()


def test_peers_that_are_not_installed_name_what_brings_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("PROBA_BENCH_DMOJ", raising=False)
    absent = {peer.name: peer.why for peer in find_peers() if isinstance(peer, AbsentPeer)}
    assert absent["bubblewrap"] == "not installed: apt-get install bubblewrap"
    assert absent["crun"] == "not installed: apt-get install crun"
    assert "PROBA_BENCH_DMOJ" in absent["DMOJ"]
    monkeypatch.setenv("PROBA_BENCH_DMOJ", "/nowhere/python")
    assert "/nowhere/python" in str(find_peers()[-1])
