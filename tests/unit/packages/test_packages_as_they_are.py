"""What public packages have, and no specification allows: taken all the same."""

import gzip
import io
import zipfile

import pytest

from application.problems.packages import PackageRejected
from infrastructure.packages.reader import read_package
from infrastructure.packages.unpacking_limits import MIB, UnpackingLimits
from infrastructure.packages.yaml_table import parse_yaml
from infrastructure.packages.zip_unpacker import ZipUnpacker
from tests.unit.packages.reading import Files, Read, pairs
from tests.unit.packages.zips import packed

TESTS: Files = {"data/secret/1.in": "1\n", "data/secret/1.ans": "2\n"}
TASK: Files = {"gen/GEN": "#ST: 100\n#COPY: gen/a\n", "gen/a": "1\n", "sol/solution.py": "print(input())\n"}


def test_a_manifest_in_latin_1(read: Read) -> None:
    assert read({**TESTS, "problem.yaml": "name: x\nauthor: Jörg\n".encode("latin-1")}).title == "x"
    windows = read({**TESTS, "problem.yaml": b"name: \x93x\x94\n"})
    assert windows.title == "?x?"


def test_yaml_with_tabs(read: Read) -> None:
    draft = read({**TESTS, "problem.yaml": "name: x\nlimits:\n\tmemory: 64\n\toutput: 1\n"})
    assert draft.limits.memory == 64 * MIB
    with pytest.raises(PackageRejected):
        parse_yaml("a: [\t\n", "x.yaml")


def test_values_that_mean_nothing_are_ignored(read: Read) -> None:
    draft = read({**TESTS, "problem.yaml": "name: x\nlimits: {memory: 0, time_limit: -1}\n"})
    assert (draft.limits.cpu_time, draft.limits.memory) == (None, 2048 * MIB)
    assert len(draft.warnings) == 2
    task = read({**TASK, "task.yaml": "name: x\ntitle: x\ntime_limit: 0\nmemory_limit: 0\n"})
    assert (task.limits.cpu_time, task.limits.memory) == (None, None)


def test_notes_beside_the_problem(read: Read) -> None:
    files = {f"x/{name}": text for name, text in TESTS.items()}
    assert read({**files, "x/problem.yaml": "name: x\n", "README.md": "", "other/notes.txt": ""}).title == "x"


def test_compressed_tests(read: Read) -> None:
    files: Files = {
        "problem.yaml": "name: x\n",
        "data/secret/1.in.gz": gzip.compress(b"1\n"),
        "data/secret/1.ans": "2\n",
    }
    assert pairs(read(files)) == [("secret/1", b"1\n", b"2\n")]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (gzip.compress(bytes(3 * MIB)), "unpacks to more than 2 MiB"),
        (gzip.compress(b"1\n")[:-3], "is not a sound gzip file"),
        (b"1\n", "is not a sound gzip file"),
    ],
    ids=["bomb", "short", "no gzip"],
)
def test_compressed_tests_that_are_none(unpacking: int, data: bytes, message: str) -> None:
    limits = UnpackingLimits(ratio_free_size=2 * MIB, max_ratio=100)
    package = packed({**TESTS, "data/secret/2.in.gz": data})
    with pytest.raises(PackageRejected) as caught:
        read_package(ZipUnpacker(io.BytesIO(package), unpacking, limits).unpack())
    (complaint,) = caught.value.complaints
    assert (complaint.message, complaint.file) == (message, "data/secret/2.in.gz")


def test_a_zip_of_old_windows(unpacking: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in {**TESTS, "problem.yaml": "name: x\n"}.items():
            info = zipfile.ZipInfo("_" * len(name))
            info.filename = name.replace("/", "\\")
            info.create_system = 0
            archive.writestr(info, text)
    draft = read_package(ZipUnpacker(buffer, unpacking, UnpackingLimits()).unpack())
    assert [test.name for test in draft.tests] == ["secret/1"]


def test_endings_in_capitals(read: Read) -> None:
    draft = read({**TESTS, "problem.yaml": "name: x\n", "submissions/accepted/A.CPP": "int main() {}\n"})
    assert [r.program.language for r in draft.material.references] == ["cpp20"]


def test_spellings_of_drafts(read: Read) -> None:
    limits = "limits: {time_multiplier: {ac_to_time_limit: 3, time_limit_to_tle: 1.25}}\n"
    draft = read({**TESTS, "problem.yaml": f"problem_format_version: draft\nname: x\n{limits}"})
    assert (draft.material.time_rule.multiplier, draft.material.time_rule.margin) == (3.0, 1.25)
    scored = read({**TESTS, "problem.yaml": "type: scoring\n", "data/secret/testdata.yaml": "range: [0, 40]\n"})
    assert {group.name: group.points for group in scored.groups}["secret"] <= 40
    old = read({**TESTS, "problem.yaml": "problem_format_version: 0.9\nvalidation: default\n"})
    assert old.material.time_rule.multiplier == 5.0
