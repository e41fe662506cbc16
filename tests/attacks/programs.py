"""The attackers' programs, compiled once outside of the sandbox."""

import functools
import subprocess
import tempfile
from pathlib import Path

SOURCES = Path(__file__).parent / "programs"
_FLAGS = ("-std=gnu17", "-O1", "-w", "-pthread")


@functools.cache
def program(name: str) -> bytes:
    """What goes to /app: a script as it is, C compiled, statically where the machine can."""
    source = SOURCES / name
    if source.suffix != ".c":
        return source.read_bytes()
    with tempfile.TemporaryDirectory() as directory:
        target = Path(directory, "program")
        complaint = ""
        for link in (("-static",), ()):
            argv = ("gcc", *_FLAGS, *link, "-o", str(target), str(source))
            done = subprocess.run(argv, check=False, capture_output=True, text=True)
            if done.returncode == 0:
                return target.read_bytes()
            complaint = done.stderr
    raise AssertionError(complaint)
