"""What the fuzzer has found worth keeping goes through its harnesses again, compiled with sanitizers."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.fuzz.campaign import HARNESSES, HERE, SEEDS, compile_harness
from tests.fuzz.seeds import write


@pytest.mark.parametrize("name", HARNESSES)
def test_the_kept_corpus_and_the_seeds_raise_no_report(name: str, tmp_path: Path) -> None:
    compiler = shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("sanitizers come with gcc or clang")
    program = tmp_path / name
    compile_harness(compiler, name, program, "-fsanitize=address,undefined", extra=(HERE / "replay.c",))
    write(tmp_path / "seeds", SEEDS[name]())
    inputs = [*sorted((HERE / "corpus" / name).iterdir()), *sorted((tmp_path / "seeds").iterdir())]
    assert len(inputs) > 100
    done = subprocess.run([str(program), *map(str, inputs)], capture_output=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-4000:]
    assert done.stdout.decode() == f"{len(inputs)} inputs\n"
