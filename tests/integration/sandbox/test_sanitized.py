"""A little of everything by a launcher with sanitizers; ``./proba test sanitized`` does all tests of the sandbox so."""

import shutil
import subprocess
from pathlib import Path
from typing import Literal

import pytest

from application.contents import BytesContent
from application.sandbox import BoxFile
from infrastructure.sandbox.build import FLAGS, SANITIZED, SOURCES
from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.launcher_process import LauncherFailed
from infrastructure.sandbox.settings import SandboxSettings
from tests.integration.sandbox.bench import Bench
from tests.integration.sandbox.leaver import KINDS, PROGRAM, one
from tests.integration.sandbox.sanitized import nothing_reported, sanitized_launchers

WRONG = {
    "AddressSanitizer": "char *a = malloc(4); a[argc + 3] = 1; return a[argc];",
    "runtime error": "int a = 2147483647; return a + argc;",
}


@pytest.mark.parametrize("level", ["namespaces", "landlock"])
async def test_every_kind_of_run_raises_no_report(level: Literal["namespaces", "landlock"]) -> None:
    if shutil.which("gcc") is None:
        pytest.skip("sanitizers come with gcc")
    with sanitized_launchers() as log, nothing_reported(log):
        try:
            settings = SandboxSettings(slots=1, uid_base=63_300, level=level, floor=level)
            async with LauncherPool(settings) as pool, pool.slot() as sandbox:
                bench = Bench(sandbox)
                program = await bench.compile(PROGRAM.read_text(), "-O1", "-static")
                files = (BoxFile("leaver", BytesContent(program), executable=True),)
                for kind in ("load", *KINDS, *KINDS):
                    await one(bench, kind, files)
        except LauncherFailed as failed:
            if level == "landlock" and failed.step.startswith("landlock"):
                pytest.skip(f"this kernel has no Landlock: {failed}")
            raise


@pytest.mark.parametrize("report", WRONG)
def test_a_report_is_not_lost(report: str, tmp_path: Path) -> None:
    if shutil.which("gcc") is None:
        pytest.skip("sanitizers come with gcc")
    source, program = tmp_path / "wrong.c", tmp_path / "wrong"
    source.write_text(f"#include <stdlib.h>\nint main(int argc, char **argv) {{ (void)argv; {WRONG[report]} }}\n")
    files = (str(source), str(SOURCES / "sanitized.c"))
    subprocess.run(["gcc", *FLAGS, *SANITIZED, "-O0", "-o", str(program), *files], check=True)
    log = tmp_path / "wrong.log"
    log.touch()
    with pytest.raises(AssertionError, match=report), nothing_reported(log):
        subprocess.run([str(program)], stderr=subprocess.DEVNULL, check=False)
