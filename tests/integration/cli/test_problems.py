"""``problems import``, ``list``, ``show``, ``export`` against a running service."""

import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from infrastructure.cli.demo.service import throw_away_service
from infrastructure.cli.exceptions import ExitCode
from infrastructure.cli.main import main

ROOT = Path(__file__).parents[3]
SUM = ROOT / "examples/problems/a-plus-b"


@pytest.fixture(scope="module")
def service() -> Iterator[tuple[str, str]]:
    """Address and key."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROBA_WORKER_LANGUAGES", "python3")
        with throw_away_service() as found:
            yield found


@pytest.fixture(autouse=True)
def _connected(service: tuple[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PROBA_URL", service[0])
    monkeypatch.setenv("PROBA_KEY", service[1])
    monkeypatch.chdir(tmp_path)


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    here = Path.cwd()
    code = main(["problems", *arguments])
    os.chdir(here)  # settings are the checkout's
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def lines(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def api(service: tuple[str, str], method: str, path: str, **arguments: Any) -> dict[str, Any]:
    answer = httpx.request(
        method, f"{service[0]}/api/v1{path}", headers={"Authorization": f"Bearer {service[1]}"}, **arguments
    )
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_many_are_imported_past_a_bad_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad/problem.toml").write_text('slug = "bad"\ntitel = "x"\n')
    with zipfile.ZipFile(tmp_path / "circle.zip", "w") as package:
        for file in ROOT.joinpath("examples/problems/circle").rglob("*"):
            if file.is_file():
                package.write(file, file.relative_to(ROOT / "examples/problems"))
    code, out, err = said(capsys, "import", "--json", str(SUM), "bad", "circle.zip")
    assert code == ExitCode.FAILED
    found = {line["package"]: line for line in lines(out)}
    assert {name: line["accepted"] for name, line in found.items()} == {
        str(SUM): True, "bad": False, "circle.zip": True,
    }  # fmt: skip
    assert any(
        complaint.startswith("problem.toml: titel is not known here") for complaint in found["bad"]["complaints"]
    )
    assert found[str(SUM)]["format"] == "plain"
    assert "3 packages: 2 accepted, 1 rejected" in err

    code, out, _ = said(capsys, "list", "--json")
    assert code == ExitCode.OK
    assert {line["slug"] for line in lines(out)} >= {"a-plus-b", "circle"}
    code, out, _ = said(capsys, "show", "circle")
    assert code == ExitCode.OK
    assert "float" in out
    assert "accepted" in out


def test_a_report_is_that_of_the_worker(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    files = {
        "problem.yaml": "name: Sum\nlimits: {time_limit: 2}\n",
        "data/secret/1.in": "1 2\n",
        "data/secret/1.ans": "3\n",
        "submissions/accepted/a.py": "print(sum(map(int, input().split())))\n",
        "submissions/accepted/b.py": "print(4)\n",
    }
    for name, text in files.items():
        file = tmp_path / "told" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    code, out, _ = said(capsys, "import", "--json", "told")
    assert code == ExitCode.FAILED
    (found,) = lines(out)
    assert (found["format"], found["accepted"], found["timeLimit"]) == ("kattis", False, 2.0)
    assert {s["path"]: (s["verdict"], s["ok"]) for s in found["submissions"]} == {
        "submissions/accepted/a.py": ("AC", True),
        "submissions/accepted/b.py": ("WA", False),
    }
    assert any(complaint.startswith("submissions/accepted/b.py: expected AC") for complaint in found["complaints"])
    (tmp_path / "told/submissions/accepted/b.py").unlink()
    code, out, _ = said(capsys, "import", "told")
    assert code == ExitCode.OK
    assert "told accepted (kattis, time limit 2 s, 1 of 1 submissions as expected)" in out
    code, out, _ = said(capsys, "show", "told")
    assert code == ExitCode.OK
    assert "submissions/accepted/a.py" in out


def test_a_path_that_is_not_there_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "import", "--json", "nowhere", str(SUM))
    assert code == ExitCode.USAGE
    assert {line["package"]: line["accepted"] for line in lines(out)} == {"nowhere": False, str(SUM): True}


def test_what_is_exported_gives_the_same_revision(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert said(capsys, "import", "--slug", "exported", str(SUM))[0] == ExitCode.OK
    code, out, err = said(capsys, "export", "exported")
    assert (code, out) == (ExitCode.OK, "")
    assert err.startswith("exported.tar.gz: ")
    assert [file.name for file in tmp_path.iterdir()] == ["exported.tar.gz"]
    code, _, _ = said(capsys, "import", "--slug", "exported", "exported.tar.gz")
    assert code == ExitCode.OK
    assert json.loads(said(capsys, "show", "--json", "exported")[1])["revision"] == 1


def test_what_was_written_by_hand_is_exported_as_a_plain_package(
    service: tuple[str, str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    body = {
        "title": 'A "B" \\ Сумма 🙂\u2028',
        "scoring": "points",
        "limits": {"cpuTime": 1.25, "memory": 1 << 26},
        "checker": {"type": "float", "absolute": 1e-9},
        "groups": [{"name": "b", "points": 2, "scoring": "sum"}, {"name": "a", "points": 1, "dependsOn": ["b"]}],
        "tests": [
            {"name": "../2", "group": "b", "points": 2, "input": "1\n", "output": "1\n"},
            {"name": "10", "group": "a", "input": "", "output": ""},
            {"name": "sample/1", "input": "2\r\n", "output": "3"},
            {"name": "sample", "sample": True, "input": "4", "output": "5"},
        ],
    }
    assert api(service, "PUT", "/problems/by-hand", json=body)["revision"] == 1
    before = api(service, "GET", "/problems/by-hand/tests")
    code, _, _ = said(capsys, "export", "by-hand", "--to", "here.zip")
    assert code == ExitCode.OK
    code, out, _ = said(capsys, "import", "--json", "here.zip")
    assert code == ExitCode.OK, out
    assert api(service, "GET", "/problems/by-hand")["revision"] == 1  # an equal one makes no other
    assert api(service, "GET", "/problems/by-hand/tests") == before


def test_what_is_not_there_is_said_in_words(
    service: tuple[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = said(capsys, "show", "no-such-problem")
    assert code == ExitCode.FAILED
    assert "404" in err
    assert "Traceback" not in err
    code, _, err = said(capsys, "import", "--key", "proba_wrong", str(SUM))
    assert code == ExitCode.FAILED
    assert "401" in err
    monkeypatch.setenv("PROBA_URL", "http://127.0.0.1:1")
    code, _, err = said(capsys, "list")
    assert code == ExitCode.FAILED
    assert "http://127.0.0.1:1 is not reached" in err
