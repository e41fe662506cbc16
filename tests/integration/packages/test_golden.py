"""Every package below tests/packages proves itself, as its users would prove it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
PACKAGES = sorted(path for path in (ROOT / "tests/packages").glob("*/*") if path.is_dir())
NAMES = [f"{path.parent.name}/{path.name}" for path in PACKAGES]
WITHOUT_PROGRAMS = {"cms/outputs", "plain/echo", "plain/halves"}
VERIFYPROBLEM = shutil.which("verifyproblem")
PARTS = ("config", "validators", "graders", "data", "submissions")
NEWER = {"kattis/groups2025", "kattis/passes", "kattis/answers", "kattis/domjudge", "kattis/rough"}
"""Not of the legacy format, which is what every version of problemtools reads, or rough on purpose."""

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def proved(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """What ``problems verify --json`` says of all of them, by name."""
    place = tmp_path_factory.mktemp("golden")
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PROBA_")}
    done = subprocess.run(
        [sys.executable, ROOT / "__main__.py", "problems", "verify", "--json", *PACKAGES],
        env=bare | {"PROBA_DATA_DIR": str(place)}, capture_output=True, text=True, timeout=580, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    found = {line["package"]: line for line in map(json.loads, done.stdout.splitlines())}
    return {name: found[str(path)] for name, path in zip(NAMES, PACKAGES, strict=True)}


@pytest.mark.parametrize("name", NAMES)
def test_a_package_holds(proved: Mapping[str, Any], name: str) -> None:
    result = proved[name]
    missing = [one for one in result["skipped"] if "not on this machine" in one["reason"]]
    if not result["accepted"] and missing:
        pytest.skip(f"{missing[0]['path']}: {missing[0]['reason']}")
    assert (result["format"], result["complaints"]) == (name.partition("/")[0], [])
    assert result["accepted"]
    assert [one for one in result["submissions"] if not one["ok"]] == []
    outcomes = {(one["verdict"], one["score"]) for one in result["submissions"]}
    if name not in WITHOUT_PROGRAMS:
        assert "AC" in {verdict for verdict, _ in outcomes}
        assert len(outcomes) > 1, "a package needs submissions that fail, or score less, too"


@pytest.mark.skipif(VERIFYPROBLEM is None, reason="verifyproblem of problemtools is not installed")
@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("kattis/") and name not in NEWER])
def test_kattis_packages_are_kattis_packages(name: str) -> None:
    done = subprocess.run(
        [str(VERIFYPROBLEM), "-p", *PARTS, "--", ROOT / "tests/packages" / name],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert "0 errors" in done.stdout, done.stdout + done.stderr
