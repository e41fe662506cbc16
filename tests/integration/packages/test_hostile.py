"""Packages that attack whoever proves them: each ends in a clear rejection, beside one that is none and holds."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
MANIFEST = "name: x\nvalidation: default\nlimits: {time_limit: 1, validation_time: 1}\n"
GOOD: Mapping[str, str | bytes] = {
    "problem.yaml": MANIFEST,
    "data/secret/1.in": "1\n",
    "data/secret/1.ans": "1\n",
    "submissions/accepted/a.py": "print(input())\n",
}
FORKING_C = "#include <unistd.h>\nint main(void) { for (;;) fork(); }\n"
FORKING_PYTHON = "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass\n"
ZEROS = bytes(50 << 20)
PRINTING = "import sys\nprint(open(sys.argv[2]).read())\n"
ALIASES = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
    for before, name in zip("abcdefghijk", "bcdefghijkl", strict=True)
)
DTD = "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
XML = '<?xml version="1.0"?><!DOCTYPE p [{}]><problem short-name="x"><names><name value="&i;"/></names></problem>'
HOSTILE: Mapping[str, tuple[Mapping[str, str | bytes], str]] = {
    "bomb": (
        {**GOOD, **{f"data/secret/{n}.in": ZEROS for n in range(2, 14)}},
        "unpacks to more than 250 times its size",
    ),
    "climbing": ({**GOOD, "../../etc/x": "1"}, "../../etc/x: climbs out of its folder"),
    "forking": ({**GOOD, "input_validators/v.c": FORKING_C}, "refused by input_validators/v.c (passed its limit"),
    "forking-python": (
        {**GOOD, "input_validators/v.py": FORKING_PYTHON},
        "refused by input_validators/v.py (passed its limit",
    ),
    "printing": (
        {**GOOD, "problem.yaml": MANIFEST.replace("default", "custom"), "output_validators/v.py": PRINTING},
        "output_validators/v.py (exited with code 0, where only 42 and 43 mean something",
    ),
    "aliases": ({**GOOD, "problem.yaml": ALIASES + "name: x\n"}, "problem.yaml:1: has more than 200000 values"),
    "alias-loop": ({**GOOD, "problem.yaml": "name: x\nlimits: &l {a: *l}\n"}, "problem.yaml:2: is nested more than"),
    "entities": ({"problem.xml": XML.format('<!ENTITY a "aaaaaaaaaa">' + DTD)}, "problem.xml:1: has a DTD or entities"),
    "outside": ({"problem.xml": XML.format('<!ENTITY i SYSTEM "file:///etc/passwd">')}, "problem.xml:1: has a DTD"),
    "many": (
        {**GOOD, **{f"data/secret/{n}.{end}": "" for n in range(100_000) for end in ("in", "ans")}},
        "has 200002 entries, more than 20000 (PROBA_MAX_PACKAGE_FILES)",
    ),
}

pytestmark = pytest.mark.timeout(300)


def pack(file: Path, files: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file


@pytest.fixture(scope="module")
def proved(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """What ``problems verify --json`` says of all of them, by name."""
    place = tmp_path_factory.mktemp("hostile")
    packages = [pack(place / f"{name}.zip", files) for name, (files, _) in HOSTILE.items()]
    packages.append(pack(place / "good.zip", GOOD))
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PROBA_")}
    done = subprocess.run(
        [sys.executable, ROOT / "__main__.py", "problems", "verify", "--json", *packages],
        env=bare | {"PROBA_DATA_DIR": str(place / "data")}, capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert list((place / "data").rglob("*.in")) == [], "nothing half-done stays"
    return {Path(line["package"]).stem: line for line in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_package_is_refused_with_the_reason(proved: Mapping[str, Any], name: str) -> None:
    assert not proved[name]["accepted"]
    assert any(HOSTILE[name][1] in complaint for complaint in proved[name]["complaints"]), proved[name]["complaints"]


def test_the_one_beside_them_holds(proved: Mapping[str, Any]) -> None:
    assert (proved["good"]["accepted"], proved["good"]["complaints"]) == (True, [])
