"""Builds the launcher from its C sources: ``python -m infrastructure.sandbox.build``.

The program's name holds a hash of sources, flags and compiler, so what is there is never stale; it is put in place by a
rename, so what is there is never half-written.
"""

import hashlib
import os
import platform
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

SOURCES = Path(__file__).parent / "launcher"
CHECKOUT = Path(__file__).parents[2]
FLAGS = (
    "-std=gnu11",
    "-O2",
    "-Wall",
    "-Wextra",
    "-Wshadow",
    "-Wstrict-prototypes",
    "-Wformat=2",
    "-Werror",
    "-fno-common",
    "-fstack-protector-strong",
)
HARDENED = (
    "-fstack-clash-protection",
    "-U_FORTIFY_SOURCE",
    "-D_FORTIFY_SOURCE=2",
    "-fPIE",
    "-Wl,-z,relro,-z,now,-z,noexecstack",
)
LINKED = ("-static-pie", "-static", "-pie")
"""The best that the system has: some have no static libc, or none that may lie anywhere."""
SANITIZED = (
    "-g",
    "-fno-omit-frame-pointer",
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=all",
    "--param=asan-stack=0",
)
NO_COMPILER = (
    "the sandbox's launcher needs a C compiler: 'apt-get install gcc libc6-dev' as root, "
    "or 'pip install ziglang==0.15.2' into this Python's environment"
)


class BuildFailure(Exception):
    """The launcher could not be built; ``str`` says why and what to do."""


@dataclass(frozen=True, slots=True)
class Compiler:
    """``argv`` starts it; ``identity`` changes when it does."""

    argv: tuple[str, ...]
    identity: str


def default_directory() -> Path:
    """``PROBA_BUILD_DIR``, or ``build/`` in the checkout."""
    return Path(os.environ.get("PROBA_BUILD_DIR") or CHECKOUT / "build")


def find_compiler() -> Compiler:
    """The C compiler of ``CC``, of the system, or of the ziglang package. Raises BuildFailure."""
    for name in (os.environ.get("CC"), "cc", "gcc", "clang"):
        path = shutil.which(name) if name else None
        if path:
            real = Path(path).resolve()
            return Compiler((path,), f"{real}:{real.stat().st_size}:{real.stat().st_mtime_ns}")
    spec = find_spec("ziglang")
    if spec is not None and spec.origin is not None:
        zig = Path(spec.origin).parent / "zig"
        return Compiler(
            (str(zig), "cc", "-target", f"{platform.machine()}-linux-musl"), f"{zig}:{zig.stat().st_mtime_ns}"
        )
    raise BuildFailure(NO_COMPILER)


def build_launcher(directory: Path | None = None, *, sanitize: bool = False) -> Path:
    """The launcher's path, building it unless it is there. Raises BuildFailure."""
    directory = (directory or default_directory()).absolute()
    sources = sorted(SOURCES.glob("*.[ch]"))
    prebuilt = os.environ.get("PROBA_LAUNCHER")
    if prebuilt:
        return Path(prebuilt)
    digest = hashlib.sha256(b"sanitize" if sanitize else b"")
    for source in sources:
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    digest.update(repr((FLAGS, HARDENED, LINKED, SANITIZED)).encode())
    try:
        compiler = find_compiler()
    except BuildFailure:
        # a launcher that was brought here will do where there is nothing to build with
        brought = sorted(directory.glob(f"launcher-{digest.hexdigest()[:16]}-*"))
        if brought:
            _refuse_strangers(directory, brought[0])
            return brought[0]
        raise
    target = (
        directory / f"launcher-{digest.hexdigest()[:16]}-{hashlib.sha256(compiler.identity.encode()).hexdigest()[:8]}"
    )
    _refuse_strangers(directory, target)
    if not target.exists():
        _compile(compiler, [str(s) for s in sources if s.suffix == ".c"], target, sanitize=sanitize)
    return target


def _refuse_strangers(directory: Path, target: Path) -> None:
    """What lies there is executed, maybe as root: only whose programs run anyway may have put it there."""
    trusted = (0, os.geteuid(), SOURCES.stat().st_uid)
    if directory.exists():
        found = directory.stat()
        if found.st_uid not in trusted or (found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX):
            raise BuildFailure(f"{directory} is another user's or writable by all; PROBA_BUILD_DIR names another place")
    if os.path.lexists(target):
        found = target.lstat()
        if found.st_uid not in trusted or found.st_mode & stat.S_IWOTH or not stat.S_ISREG(found.st_mode):
            raise BuildFailure(f"{target} may be anybody's: it is not a file of this user's alone; remove it")


def _compile(compiler: Compiler, sources: Sequence[str], target: Path, *, sanitize: bool) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".launcher-", dir=target.parent)
    except OSError as error:
        raise BuildFailure(
            f"cannot write to {target.parent}: {error.strerror}; PROBA_BUILD_DIR names another place"
        ) from error
    os.close(handle)
    temporary = Path(name)
    first, *others = [SANITIZED] if sanitize else [(*HARDENED, how) for how in LINKED]
    try:
        result = _run(compiler, first, sources, temporary)
        for extra in others:
            if result.returncode:
                result = _run(compiler, extra, sources, temporary)
        if result.returncode:
            raise BuildFailure(
                f"{' '.join(compiler.argv)} could not build the launcher:\n{result.stderr.strip()}\n{NO_COMPILER}"
            )
        temporary.chmod(0o755)
        temporary.rename(target)
    finally:
        temporary.unlink(missing_ok=True)


def _run(
    compiler: Compiler, extra: Sequence[str], sources: Sequence[str], target: Path
) -> subprocess.CompletedProcess[str]:
    argv = [*compiler.argv, *FLAGS, *extra, "-o", str(target), *sources, "-pthread"]
    env = {**os.environ, "ZIG_GLOBAL_CACHE_DIR": f"{target}.cache", "ZIG_LOCAL_CACHE_DIR": f"{target}.cache"}
    try:
        return subprocess.run(argv, capture_output=True, text=True, check=False, env=env, timeout=300)
    except subprocess.TimeoutExpired as error:
        raise BuildFailure(f"{' '.join(compiler.argv)} took more than 300 s") from error
    finally:
        shutil.rmtree(f"{target}.cache", ignore_errors=True)


def main() -> int:
    """Build and print the path."""
    try:
        sys.stdout.write(f"{build_launcher(sanitize='--sanitize' in sys.argv[1:])}\n")
    except BuildFailure as error:
        sys.stderr.write(f"{error}\n")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
