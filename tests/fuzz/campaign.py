"""Fuzzes the launcher's parsers with libFuzzer: ``./proba test fuzz``, or ``python -m tests.fuzz.campaign [SECONDS]``.

Each harness runs for so many seconds (600 unless told) on one core, from the seeds and the kept corpus; then the corpus
is reduced to what still adds coverage and put back into ``tests/fuzz/corpus``. A crash is left in the build directory
under its name, printed, and makes the exit code 1. Needs clang with its runtime (Debian: ``apt-get install clang``).
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from infrastructure.sandbox.build import SOURCES, default_directory
from tests.fuzz.seeds import conversations, messages, write

HERE = Path(__file__).parent
HARNESSES = {
    "parsers": (("parsers.c",), ("protocol.c",), ()),
    "sequences": (
        ("sequences.c",),
        ("protocol.c", "channel.c", "copying.c", "emptying.c"),
        ("-D_exit=end_of_input",),
    ),
}
SEEDS = {"parsers": messages, "sequences": conversations}
LONGEST = {"parsers": 20_000, "sequences": 4_000}
KEPT_MAX, KEPT_BYTES = 150, 250_000
"""Of each harness's corpus."""


def compile_harness(compiler: str, name: str, target: Path, *flags: str, extra: tuple[Path, ...] = ()) -> None:
    """With AddressSanitizer and UndefinedBehaviorSanitizer; any report ends the program."""
    own, launchers, defines = HARNESSES[name]
    sources = [*(HERE / file for file in own), *(SOURCES / file for file in launchers), *extra]
    common = ("-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-Werror", "-fno-sanitize-recover=all", f"-I{SOURCES}")
    subprocess.run([compiler, *common, *flags, *defines, "-o", str(target), *map(str, sources)], check=True)


def _fuzz(name: str, seconds: int, place: Path) -> bool:
    corpus, found = place / f"{name}-corpus", HERE / "corpus" / name
    shutil.rmtree(corpus, ignore_errors=True)
    write(corpus, SEEDS[name]())
    found.mkdir(parents=True, exist_ok=True)
    program = place / name
    compile_harness("clang", name, program, "-fsanitize=fuzzer,address,undefined")
    common = ("-close_fd_mask=2", f"-artifact_prefix={place}/{name}-", f"-max_len={LONGEST[name]}")
    options = (f"-max_total_time={seconds}", "-timeout=10", "-use_value_profile=1", "-print_final_stats=1")
    argv = ("nice", str(program), *common, *options, f"-dict={HERE / 'protocol.dict'}", str(corpus), str(found))
    done = subprocess.run(argv, capture_output=True, text=True, errors="replace", check=False)
    lines = done.stderr.splitlines()
    last = next((line for line in reversed(lines) if " cov: " in line), "")
    executions = re.findall(r"number_of_executed_units: (\d+)", done.stderr)
    sys.stdout.write(f"{name}: {''.join(executions)} executions in {seconds} s; {last}\n")
    if done.returncode:
        sys.stdout.write("\n".join(lines[-60:]) + "\n")
        return False
    with tempfile.TemporaryDirectory(dir=place) as merged:
        subprocess.run([str(program), *common, "-merge=1", merged, str(found), str(corpus)], check=True, stderr=-3)
        _keep(Path(merged), found)
    return True


def _keep(merged: Path, found: Path) -> None:
    """The shortest first, as many as may be kept."""
    shutil.rmtree(found)
    found.mkdir()
    room = KEPT_BYTES
    for file in sorted(merged.iterdir(), key=lambda path: path.stat().st_size)[:KEPT_MAX]:
        room -= file.stat().st_size
        if room >= 0:
            shutil.copyfile(file, found / file.name)
    sys.stdout.write(f"  kept {sum(1 for _ in found.iterdir())} of {sum(1 for _ in merged.iterdir())} inputs\n")


def main() -> int:
    """Both harnesses, one after the other."""
    if shutil.which("clang") is None:
        sys.stderr.write("fuzzing needs clang and its runtime; as root: apt-get install clang\n")
        return 3
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    place = default_directory() / "fuzz"
    place.mkdir(parents=True, exist_ok=True)
    os.environ.pop("ASAN_OPTIONS", None)
    clean = [_fuzz(name, seconds, place) for name in HARNESSES]
    return 0 if all(clean) else 1


if __name__ == "__main__":
    sys.exit(main())
