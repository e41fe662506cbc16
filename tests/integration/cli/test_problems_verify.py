"""``problems verify`` as its users start it: without servers, in the real sandbox."""

import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
SUBMISSIONS = {
    "accepted/a.c": '#include <stdio.h>\nint main(void) { int a, b; scanf("%d%d", &a, &b); printf("%d\\n", a + b); }\n',
    "accepted/a.py": "print(sum(map(int, input().split())))\n",
    "wrong_answer/first.py": "print(input().split()[0])\n",
    "run_time_error/crash.py": "print(1 // 0)\n",
    "time_limit_exceeded/loop.c": "int main(void) { for (volatile int i = 0;; i++) {} }\n",
    "accepted/old.cob": "",
}
PACKAGE = {
    "problem.yaml": "name: Sum\nlimits: {time_limit: 1}\n",
    "data/sample/1.in": "1 2\n",
    "data/sample/1.ans": "3\n",
    "data/secret/2.in": "20 22\n",
    "data/secret/2.ans": "42\n",
    **{f"submissions/{path}": text for path, text in SUBMISSIONS.items()},
}
WRONG = {
    "data/secret/2.ans": "43\n",  # so that right ones are found to be wrong
    "submissions/time_limit_exceeded/loop.c": "int main(void) { return 0; }\n",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def environment(tmp_path: Path) -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PROBA_")}
    return bare | {"PROBA_DATA_DIR": str(tmp_path / "data"), "PROBA_WORKER_LANGUAGES": "c17,python3"}


def verify(tmp_path: Path, *arguments: str, **settings: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, ROOT / "__main__.py", "problems", "verify", *arguments],
        env=environment(tmp_path) | settings, cwd=tmp_path, capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def everything_below(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.lstat().st_mtime_ns, path.lstat().st_size) for path in [folder, *folder.rglob("*")]}


def test_a_right_one_a_wrong_one_and_no_package_at_all(tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    write(packages / "sum", PACKAGE)
    (packages / "sum/data/sample/link.in").symlink_to("/etc/passwd")
    with zipfile.ZipFile(packages / "wrong.zip", "w") as archive:
        for name, text in (PACKAGE | WRONG).items():
            archive.writestr(f"inner/{name}", text)
    with tarfile.open(packages / "nothing.tar.gz", "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("readme"), io.BytesIO())
    before = everything_below(packages)
    names = ["packages/sum", "packages/wrong.zip", "packages/nothing.tar.gz"]
    code, out, err = verify(tmp_path, "--json", *names)
    assert everything_below(packages) == before
    assert list((tmp_path / "data").iterdir()) == []
    assert code == 1, err
    found: dict[str, dict[str, Any]] = {line["package"]: line for line in map(json.loads, out.splitlines())}
    assert found.keys() == set(names)
    right, wrong, nothing = (found[name] for name in names)
    assert right["accepted"], (right, err)
    assert (right["format"], right["timeLimit"], right["complaints"]) == ("kattis", 1.0, [])
    verdicts = {s["path"]: (s["verdict"], s["language"], s["ok"]) for s in right["submissions"]}
    assert verdicts == {
        "submissions/accepted/a.c": ("AC", "c17", True),
        "submissions/accepted/a.py": ("AC", "python3", True),
        "submissions/wrong_answer/first.py": ("WA", "python3", True),
        "submissions/run_time_error/crash.py": ("RTE", "python3", True),
        "submissions/time_limit_exceeded/loop.c": ("TLE", "c17", True),
    }
    assert [skipped["path"] for skipped in right["skipped"]] == ["submissions/accepted/old.cob"]
    times = {s["path"]: s["cpuTime"] for s in right["submissions"]}
    assert times["submissions/time_limit_exceeded/loop.c"] > 1.0 > times["submissions/accepted/a.py"] > 0
    assert not wrong["accepted"]
    assert len(wrong["submissions"]) == 5  # judged although others had failed
    assert {s["path"] for s in wrong["submissions"] if not s["ok"]} == {
        "submissions/accepted/a.c", "submissions/accepted/a.py", "submissions/time_limit_exceeded/loop.c",
    }  # fmt: skip
    assert any(complaint.startswith("submissions/accepted/a.c: ") for complaint in wrong["complaints"])
    assert (nothing["accepted"], nothing["format"], nothing["submissions"]) == (False, None, [])
    assert "the format is not known" in nothing["complaints"][0]
    assert "3 packages: 1 accepted, 2 rejected" in err


def test_for_people_and_by_language(tmp_path: Path) -> None:
    write(tmp_path / "sum", PACKAGE | {"problem.yaml": "name: Sum\nlimits: {time_limit: 0.2}\n"})
    code, out, err = verify(tmp_path, "--language", "c17", "--time-factor", "2", "-j", "1", "sum")
    assert code == 0, out + err
    assert "sum accepted (kattis, time limit 0.4 s, 2 of 2 submissions as expected)" in out
    assert "█" in out
    assert "submissions/accepted/a.py: its language was not asked for" in out


@pytest.mark.parametrize(
    ("setting", "value", "code"), [("INCLUDE_DIR", "/nowhere", 2), ("SANDBOX_LEVEL", "landlock", 3)]
)
def test_what_keeps_this_machine_from_judging_is_said_once(tmp_path: Path, setting: str, value: str, code: int) -> None:
    write(tmp_path / "sum", PACKAGE)
    settings = {f"PROBA_{setting}": value, "PROBA_SANDBOX_FLOOR": "namespaces"}
    found, out, err = verify(tmp_path, "--json", "sum", **settings)
    assert (found, out) == (code, ""), err
    assert "Traceback" not in err
    assert err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nowhere"], 2, "cannot be read: No such file or directory"),
        (["--language", "cobol", "."], 2, "'cobol' is none of"),
        ([], 2, "PATH"),
    ],
)
def test_wrong_usage(tmp_path: Path, arguments: list[str], code: int, words: str) -> None:
    found, out, err = verify(tmp_path, *arguments)
    assert found == code
    assert words in out + err
    assert "Traceback" not in err


def test_a_stop_leaves_nothing_behind(tmp_path: Path) -> None:
    write(tmp_path / "sum", PACKAGE | {"problem.yaml": "name: Sum\nlimits: {time_limit: 20}\n"})
    process = subprocess.Popen(
        [sys.executable, ROOT / "__main__.py", "problems", "verify", "--json", "sum"],
        env=environment(tmp_path), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("data/verify-*/blobs/??")) and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, b""), err
    assert list((tmp_path / "data").iterdir()) == []
