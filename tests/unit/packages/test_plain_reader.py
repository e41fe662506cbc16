"""What a plain package may say, and what is said of a wrong one."""

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from application.problems.packages import PackageRejected, ProblemDraft
from domain.problems.entities import CheckerSpec, Complaint, ProblemLimits
from domain.problems.enums import CheckerType, Scoring
from infrastructure.packages.draft_dump import dump_draft
from infrastructure.packages.draft_json import load_draft
from infrastructure.packages.reader import read_package
from infrastructure.packages.unpacking_limits import UnpackingLimits
from infrastructure.packages.zip_unpacker import ZipUnpacker
from tests.unit.packages.zips import GOOD, TOML, packed

Read = Callable[[Mapping[str, str | bytes]], ProblemDraft]


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Read]:
    descriptors: list[int] = []

    def reading(files: Mapping[str, str | bytes]) -> ProblemDraft:
        folder = tmp_path / str(len(descriptors))
        folder.mkdir()
        descriptors.append(os.open(folder, os.O_RDONLY))
        draft = read_package(ZipUnpacker(BytesIO(packed(files)), descriptors[-1], UnpackingLimits()).unpack())
        assert load_draft(dump_draft(draft), descriptors[-1]) == draft  # as it comes out of the process
        return draft

    yield reading
    for descriptor in descriptors:
        os.close(descriptor)


def pairs(*names: str) -> dict[str, str]:
    return {f"tests/{name}.{end}": name for name in names for end in ("in", "out")}


def contents(draft: ProblemDraft) -> list[tuple[str, bytes, bytes]]:
    read: list[tuple[str, bytes, bytes]] = []
    for test in draft.tests:
        assert test.input
        assert test.answer
        ours_of, right_of = draft.contents[test.input.digest], draft.contents[test.answer.digest]
        with ours_of.open() as ours, right_of.open() as right:
            read.append((test.name, ours.read(), right.read()))
    return read


def test_the_smallest(read: Read) -> None:
    draft = read(GOOD)
    assert (draft.title, draft.slug, draft.format, draft.source) == ("Sum", "sum", "plain", "problem.toml")
    assert (draft.limits, draft.checker, draft.scoring, draft.groups) == (
        ProblemLimits(), CheckerSpec(), Scoring.PASS_FAIL, (),
    )  # fmt: skip
    assert contents(draft) == [("1", b"2 3\n", b"5\n")]


def test_everything(read: Read) -> None:
    manifest = """
        title = "Точки"
        scoring = "points"
        [limits]
        cpu_time = 1
        wall_time = 2.5
        memory = 1_000_000
        output = 1
        processes = 2
        stack = 3
        file_size = 4
        open_files = 5
        [checker]
        type = "float"
        absolute = 1e-9
        relative = 1
        case_sensitive = false
        space_sensitive = true
        [[groups]]
        name = "a"
        points = 1
        [[groups]]
        name = "b"
        points = 2.5
        scoring = "sum"
        depends_on = ["a"]
        [[tests]]
        name = "1"
        group = "b"
        points = 2
        [[tests]]
        name = "x"
        sample = true
    """
    draft = read({"problem.toml": manifest, **pairs("1", "x", "a/1")})
    assert draft.limits == ProblemLimits(
        cpu_time=timedelta(seconds=1), wall_time=timedelta(seconds=2.5), memory=1_000_000, output=1, processes=2,
        stack=3, file_size=4, open_files=5,
    )  # fmt: skip
    assert draft.checker == CheckerSpec(
        type=CheckerType.FLOAT, absolute=1e-9, relative=1.0, case_sensitive=False, space_sensitive=True
    )
    assert [(g.name, g.points, str(g.scoring), g.depends_on) for g in draft.groups] == [
        ("a", 1.0, "min", ()),
        ("b", 2.5, "sum", ("a",)),
    ]
    assert [(t.name, t.group, t.sample, t.points, t.source) for t in draft.tests] == [
        ("x", None, True, None, "tests/x.in"),
        ("a/1", "a", False, None, "tests/a/1.in"),
        ("1", "b", False, 2.0, "tests/1.in"),
    ]
    assert (draft.scoring, draft.slug) == (Scoring.POINTS, None)


@pytest.mark.parametrize("name", ["passFail", "pass_fail"])
def test_both_spellings_of_scoring(read: Read, name: str) -> None:
    assert read({**GOOD, "problem.toml": f'scoring = "{name}"'}).scoring is Scoring.PASS_FAIL


def test_order(read: Read) -> None:
    draft = read(
        {"problem.toml": "", **pairs("10", "9", "1", "b/2", "b/10", "a/1", "sample/2", "sample/1", "x2y10", "x2y9")}
    )
    assert [t.name for t in draft.tests] == [
        "sample/1", "sample/2", "1", "9", "10", "a/1", "b/2", "b/10", "x2y9", "x2y10",
    ]  # fmt: skip


@pytest.mark.parametrize("folder", ["sample", "samples"])
def test_samples(read: Read, folder: str) -> None:
    manifest = f'[[tests]]\nname = "{folder}/2"\nsample = false\n[[tests]]\nname = "3"\ngroup = "{folder}"'
    draft = read({"problem.toml": manifest, **pairs(f"{folder}/1", f"{folder}/2", "3")})
    assert {t.name: t.sample for t in draft.tests} == {f"{folder}/1": True, f"{folder}/2": False, "3": True}


def test_one_folder_deep_with_what_file_managers_leave(read: Read) -> None:
    files = {f"sum/{name}": content for name, content in GOOD.items()}
    draft = read({**files, "__MACOSX/sum/._problem.toml": "x", "sum/.DS_Store": "x", "sum/tests/.DS_Store": "x"})
    assert [t.source for t in draft.tests] == ["sum/tests/1.in"]


def test_other_files_are_left_alone(read: Read) -> None:
    assert len(read({**GOOD, "README.md": "", "statement/en.tex": "", "solutions/a.cpp": ""}).tests) == 1


def test_a_byte_order_mark(read: Read) -> None:
    assert read({**GOOD, "problem.toml": b"\xef\xbb\xbf" + TOML.encode()}).title == "Sum"


LIMITS = ("cpu_time", "file_size", "memory", "open_files", "output", "processes", "stack", "wall_time")

WRONG: Mapping[str, tuple[Mapping[str, str | bytes], list[tuple[str, str | None, int | None]]]] = {
    "no tests": (
        {"problem.toml": ""},
        [("the package has no tests: there are no tests/*.in with tests/*.out", None, None)],
    ),
    "no pair": (
        {**GOOD, "tests/2.in": "", "tests/x/3.out": "", "tests/10.in": ""},
        [
            ("has no answer beside it (2.out)", "tests/2.in", None),
            ("has no answer beside it (10.out)", "tests/10.in", None),
            ("has no input beside it (3.in)", "tests/x/3.out", None),
        ],
    ),
    "foreign file": ({**GOOD, "tests/1.ans": ""}, [
        ("is neither an input (.in) nor an answer (.out)", "tests/1.ans", None)
    ]),
    "too deep": (
        {**GOOD, "tests/a/b/1.in": ""},
        [("lies too deep: tests are at tests/NAME.in or tests/GROUP/NAME.in", "tests/a/b/1.in", None)],
    ),
    "toml": ({**GOOD, "problem.toml": "a = 1\nb = = 2\n"}, [("is not valid TOML: Invalid value", "problem.toml", 2)]),
    "toml that ends": ({**GOOD, "problem.toml": 'a = "x'}, [
        ("is not valid TOML: Unterminated string", "problem.toml", 1)
    ]),
    "deep toml": ({**GOOD, "problem.toml": "x = " + "[" * 50_000}, [("is nested too deep", "problem.toml", None)]),
    "no UTF-8": ({**GOOD, "problem.toml": b'\ntitle = "\xff"'}, [("is not UTF-8", "problem.toml", 2)]),
    "types": (
        {
            **GOOD,
            "problem.toml": 'title = 1\nscoring = "most"\nlimits = 3\nchecker = {absolute = nan, case_sensitive = 1}\n'
            'groups = [{points = "x", depends_on = [1]}, 7]\n[[tests]]\nname = "2"\n[[tests]]\nsample = true',
        },
        [
            ("groups[0].points must be a number", "problem.toml", None),
            ("groups[0].name is required", "problem.toml", None),
            ("groups[0].points is required", "problem.toml", None),
            ("groups[0].depends_on must be a list of texts", "problem.toml", None),
            ("groups[1] must be a table: [[groups]]", "problem.toml", None),
            ("tests[0].name names no test: there is no tests/2.in", "problem.toml", None),
            ("tests[1].name is required: the test's file below tests/, without '.in'", "problem.toml", None),
            ("title must be a text in quotes", "problem.toml", None),
            ("limits must be a table: [limits]", "problem.toml", None),
            ("checker.case_sensitive must be true or false", "problem.toml", None),
            ("checker.absolute must be a finite number of ordinary size", "problem.toml", None),
            ('scoring must be one of "pass_fail", "points", not "most"', "problem.toml", None),
        ],
    ),
    "unknown keys": (
        {**GOOD, "problem.toml": "validator = 1\n[limits]\ncputime = 1\n"},
        [
            (
                f"limits.cputime is not known here; known are {', '.join(LIMITS)}",
                "problem.toml",
                None,
            ),
            (
                "validator is not known here; known are checker, groups, limits, order, scoring, slug, tests, title",
                "problem.toml",
                None,
            ),
        ],
    ),
    "time": ({**GOOD, "problem.toml": "[limits]\ncpu_time = 1e300"}, [
        ("limits.cpu_time must be a finite number of ordinary size", "problem.toml", None)
    ]),
    "flag as a number": ({**GOOD, "problem.toml": "[limits]\nmemory = true"}, [
        ("limits.memory must be a whole number", "problem.toml", None)
    ]),
    "test twice": ({**GOOD, "problem.toml": '[[tests]]\nname = "1"\n[[tests]]\nname = "1"'}, [
        ("tests[1].name was given settings before", "problem.toml", None)
    ]),
    "nothing known": ({"a/problem.toml": "", "b/problem.toml": ""}, [
        ("the format is not known: a plain package has problem.toml at its top, or in its only folder", None, None)
    ]),
}  # fmt: skip


@pytest.mark.parametrize(("files", "complaints"), WRONG.values(), ids=WRONG)
def test_wrong(
    read: Read, files: Mapping[str, str | bytes], complaints: list[tuple[str, str | None, int | None]]
) -> None:
    with pytest.raises(PackageRejected) as caught:
        read(files)
    assert list(caught.value.complaints) == [Complaint(*complaint) for complaint in complaints]


def test_complaints_have_an_end(read: Read) -> None:
    with pytest.raises(PackageRejected) as caught:
        read({"problem.toml": "\n".join(f"k{n} = 1" for n in range(500)), **{f"tests/{n}.in": "" for n in range(500)}})
    assert len(caught.value.complaints) == 50


def test_statements_and_attachments(read: Read) -> None:
    names = ("statement/problem.en.md", "statement/problem.ru.tex", "statement/tree.png", "attachments/src/a.py")
    material = read({**GOOD, **dict.fromkeys(names, "x")}).material
    assert [(s.language, s.format, [file.name for file in s.files]) for s in material.statements] == [
        ("en", "markdown", ["problem.en.md", "tree.png"]), ("ru", "latex", ["problem.ru.tex", "tree.png"]),
    ]  # fmt: skip
    assert [file.name for file in material.attachments] == ["src/a.py"]
