"""Kattis/ICPC packages: what is read of each version, and what is said of a wrong one."""
# ruff: noqa: E501  # folders of files read better in few lines

import io
import os
import tarfile
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from application.problems.packages import PackageRejected, ProblemDraft
from domain.problems.enums import CheckerProtocol, CheckerType, GroupScoring, GroupVerdict, Scoring
from domain.problems.files import BUILD_SCRIPT
from domain.problems.material import Expectation
from domain.verdicts import Verdict
from infrastructure.packages.draft_dump import dump_draft
from infrastructure.packages.draft_json import load_draft
from infrastructure.packages.reader import read_package
from infrastructure.packages.tar_unpacker import TarUnpacker
from infrastructure.packages.unpacking_limits import UnpackingLimits

Files = Mapping[str, str]
Read = Callable[[Files], ProblemDraft]
AC, WA, TLE, RTE, MLE, PE, CE, OLE = (Verdict(v) for v in ("AC", "WA", "TLE", "RTE", "MLE", "PE", "CE", "OLE"))
CPP = "int main() {}\n"
TESTS = {"data/sample/1.in": "1\n", "data/sample/1.ans": "1\n", "data/secret/01.in": "2\n", "data/secret/01.ans": "2\n"}


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Read]:
    descriptors: list[int] = []

    def reading(files: Files) -> ProblemDraft:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            for name, text in files.items():
                info = tarfile.TarInfo(f"hello/{name}")
                info.size = len(text.encode())
                archive.addfile(info, io.BytesIO(text.encode()))
        folder = tmp_path / str(len(descriptors))
        folder.mkdir()
        descriptors.append(os.open(folder, os.O_RDONLY))
        draft = read_package(TarUnpacker(buffer, descriptors[-1], UnpackingLimits()).unpack())
        assert load_draft(dump_draft(draft), descriptors[-1]) == draft  # as it comes out of the process
        refs = {ref.digest for test in draft.tests for ref in (test.input, test.answer) if ref}
        assert refs <= draft.contents.keys()
        return draft

    yield reading
    for descriptor in descriptors:
        os.close(descriptor)


def test_the_smallest(read: Read) -> None:
    draft = read({"problem.yaml": "name: Hello\n", **TESTS})
    assert (draft.format, draft.title, draft.slug, draft.scoring) == ("kattis", "Hello", "hello", Scoring.PASS_FAIL)
    assert [(t.name, t.group, t.sample) for t in draft.tests] == [
        ("sample/1", None, True), ("secret/01", None, False),
    ]  # fmt: skip
    assert (draft.checker.type, draft.checker.case_sensitive) == (CheckerType.TOKENS, False)
    assert (draft.limits.cpu_time, draft.limits.memory, draft.limits.output) == (None, 2048 << 20, 8 << 20)
    rule = draft.material.time_rule
    assert (rule.multiplier, rule.margin, rule.least) == (5.0, 2.0, timedelta(seconds=1))
    assert draft.setup.code_size == 128 << 10


def test_without_any_manifest(read: Read) -> None:
    assert len(read(dict(TESTS)).tests) == 2


def test_limits(read: Read) -> None:
    draft = read({"problem.yaml": """
        limits: {time_multiplier: 3, time_safety_margin: 1.5, memory: 512, output: 16, code: 64, validation_time: 10,
                 validation_memory: 100, compilation_time: 20, compilation_memory: 200}
        """, ".timelimit": "4\n", **TESTS})  # fmt: skip
    assert (draft.limits.cpu_time, draft.limits.memory) == (timedelta(seconds=4), 512 << 20)
    assert (draft.setup.checker_limits.cpu_time, draft.setup.compile_limits.memory) == (
        timedelta(seconds=10),
        200 << 20,
    )
    assert draft.material.time_rule.multiplier == 3.0


@pytest.mark.parametrize(
    ("flags", "type_", "absolute", "relative", "case", "space"),
    [
        ("float_tolerance 1e-6", CheckerType.FLOAT, 1e-6, 1e-6, False, False),
        ("float_absolute_tolerance 1e-3 float_relative_tolerance 0.5", CheckerType.FLOAT, 1e-3, 0.5, False, False),
        ("case_sensitive space_change_sensitive", CheckerType.TOKENS, None, None, True, True),
    ],
)
def test_flags_of_the_default_validator(
    read: Read,
    flags: str,
    type_: CheckerType,
    absolute: float | None,
    relative: float | None,
    *,
    case: bool,
    space: bool,
) -> None:
    for files in ({"problem.yaml": f"validator_flags: {flags}\n"}, {
        "problem.yaml": "", "data/testdata.yaml": f"output_validator_flags: {flags}\n",
    }):  # fmt: skip
        checker = read({**files, **TESTS}).checker
        assert (checker.type, checker.absolute, checker.relative) == (type_, absolute, relative)
        assert (checker.case_sensitive, checker.space_sensitive) == (case, space)


def test_own_validators(read: Read) -> None:
    draft = read({
        "problem.yaml": "validation: custom\nvalidator_flags: strict\n", **TESTS,
        "data/secret/testdata.yaml": "output_validator_flags: more\ninput_validator_flags: n=3\n",
        "output_validators/check/check.cpp": CPP, "output_validators/check/testlib.h": "",
        "output_validators/.gitignore": "", "input_validators/v.py": "print(1)\n", "input_validators/README.md": "",
        "input_validators/script/build": "#!/bin/sh\n", "input_validators/script/x.cpp": CPP,
        "input_validators/old.ctd": "INT\n",
    })  # fmt: skip
    checker = draft.checker
    assert (checker.type, checker.protocol) == (CheckerType.PROGRAM, CheckerProtocol.ICPC)
    assert checker.program is not None
    assert (checker.program.path, checker.program.language, checker.program.main) == (
        "output_validators/check", "cpp20", "check.cpp",
    )  # fmt: skip
    assert [file.name for file in checker.program.files] == ["check.cpp", "testlib.h"]
    assert draft.tests[1].extras.checker_arguments == ("strict", "more")
    assert draft.tests[1].extras.validator_arguments == ("n=3",)
    assert [(v.program.path, v.program.language) for v in draft.material.validators] == [
        ("input_validators/script", BUILD_SCRIPT), ("input_validators/v.py", "python3"),
    ]  # fmt: skip
    assert any("Checktestdata" in warning.message for warning in draft.warnings)


def test_interactive_and_multi_pass(read: Read) -> None:
    files = {"problem.yaml": "validation: custom interactive\n", "output_validators/v.py": "", **TESTS}
    interaction = read(files).setup.interaction
    assert interaction is not None
    assert (interaction.protocol, interaction.judges) == (CheckerProtocol.ICPC, True)
    draft = read({
        "problem.yaml": "problem_format_version: 2025-09\nname: x\ntype: [interactive, multi-pass]\n"
                        "limits: {validation_passes: 5}\n",
        "output_validator/v.py": "", "data/secret/1.in": "",
    })  # fmt: skip
    assert draft.setup.interaction is not None
    assert (draft.setup.passes, draft.tests[0].answer is not None) == (5, True)
    assert draft.material.time_rule.multiplier == 2.0


def test_groups_of_points(read: Read) -> None:
    draft = read({
        "problem.yaml": "type: scoring\n",
        "data/testdata.yaml": "on_reject: continue\nrange: 0 100\ngrader_flags: ignore_sample\n",
        "data/sample/testdata.yaml": "accept_score: 0\nrange: 0 0\ngrader_flags: first_error\n",
        "data/secret/testdata.yaml": "grader_flags: first_error accept_if_any_accepted subtask_score=3\n",
        **{f"data/secret/{g}/testdata.yaml": f"on_reject: break\naccept_score: {p}\nrange: 0 {p}\ngrader_flags: min\n"
           for g, p in (("g1", 40), ("g2", 60))},
        **{f"data/{name}.{end}": "x" for name in ("sample/1", "secret/g1/a", "secret/g2/b", "secret/g2/c")
           for end in ("in", "ans")},
    })  # fmt: skip
    assert draft.scoring is Scoring.POINTS
    assert [(g.name, g.parent, g.points, g.scoring, g.stop, g.counted) for g in draft.groups] == [
        ("data", None, 100.0, GroupScoring.SUM, False, True),
        ("sample", "data", 0.0, GroupScoring.SUM, False, False),
        ("secret", "data", 100.0, GroupScoring.SUM, False, True),
        ("secret/g1", "secret", 40.0, GroupScoring.MIN, True, True),
        ("secret/g2", "secret", 60.0, GroupScoring.MIN, True, True),
    ]
    assert (draft.groups[2].verdict, draft.groups[2].accept_if_any) == (GroupVerdict.FIRST, True)
    assert [(t.name, t.group, t.points) for t in draft.tests] == [
        ("sample/1", "sample", 0.0), ("secret/g1/a", "secret/g1", 40.0),
        ("secret/g2/b", "secret/g2", 60.0), ("secret/g2/c", "secret/g2", 60.0),
    ]  # fmt: skip


def test_groups_of_2025(read: Read) -> None:
    draft = read({
        "problem.yaml": "problem_format_version: 2025-09\nname: {en: Hi, sv: Hej}\ntype: scoring\n",
        "data/secret/g1/test_group.yaml": "max_score: 30\nargs: [a, b]\n",
        "data/secret/g2/test_group.yaml": "max_score: 70\nscore_aggregation: sum\nrequire_pass: secret/g1\n",
        "data/secret/g2/b.yaml": "args: [c]\nhint: think\n", "data/secret/g2/b.files/map.txt": "x",
        **{f"data/{name}.{end}": "x" for name in ("sample/1", "secret/g1/a", "secret/g2/b", "secret/g2/c")
           for end in ("in", "ans")},
    })  # fmt: skip
    assert [(g.name, g.points, g.scoring, g.stop, g.depends_on) for g in draft.groups] == [
        ("secret", 100.0, GroupScoring.SUM, False, ()),
        ("secret/g1", 30.0, GroupScoring.MIN, True, ()),
        ("secret/g2", 70.0, GroupScoring.SUM, False, ("secret/g1",)),
    ]
    tests = {test.name: test for test in draft.tests}
    assert [tests[n].points for n in ("sample/1", "secret/g1/a", "secret/g2/b")] == [None, 30.0, 35.0]
    assert tests["secret/g1/a"].extras.arguments == ("a", "b")
    assert tests["secret/g2/b"].extras.arguments == ("c",)
    assert [file.name for file in tests["secret/g2/b"].extras.files] == ["map.txt"]


def test_reference_submissions(read: Read) -> None:
    draft = read({
        "problem.yaml": "", **TESTS,
        "submissions/accepted/a.cc": CPP, "submissions/accepted/team/Main.java": "class Main {}",
        "submissions/accepted/team/Helper.java": "", "submissions/accepted/.hidden.py": "",
        "submissions/accepted/notes.txt": "", "submissions/accepted/old.py": "#!/usr/bin/env python2\n",
        "submissions/accepted/x.scala": "", "submissions/wrong_answer/w.py": "", "submissions/run_time_error/r.c": "",
        "submissions/time_limit_exceeded/t.kt": "", "submissions/mixed/m.py": "# @EXPECTED_RESULTS@: TIMELIMIT, WRONG-ANSWER\n",
        "submissions/slow/s.py": "", "submissions/accepted/p.pl": "use strict;\n", "submissions/accepted/q.pl": "main :- halt.\n",
    })  # fmt: skip
    found = {reference.program.path.removeprefix("submissions/"): reference for reference in draft.material.references}
    assert {path: reference.program.language for path, reference in found.items()} == {
        "accepted/a.cc": "cpp20", "accepted/old.py": "python2", "accepted/p.pl": "perl", "accepted/q.pl": None,
        "accepted/team": "java", "accepted/x.scala": None, "mixed/m.py": "python3", "run_time_error/r.c": "c17",
        "slow/s.py": "python3", "time_limit_exceeded/t.kt": "kotlin", "wrong_answer/w.py": "python3",
    }  # fmt: skip
    assert "Scala" in found["accepted/x.scala"].skip
    assert [found[p].expectations for p in ("accepted/a.cc", "wrong_answer/w.py", "run_time_error/r.c")] == [
        (Expectation(verdicts=frozenset(v)),) for v in ({AC}, {WA, PE}, {RTE, MLE})
    ]
    assert found["time_limit_exceeded/t.kt"].expectations == (Expectation(some=frozenset({TLE, OLE})),)
    assert found["mixed/m.py"].expectations == (Expectation(verdicts=frozenset({TLE, WA, PE})),)
    assert found["slow/s.py"].expectations == ()
    assert [path for path, reference in found.items() if reference.sets_limit] == [
        "accepted/a.cc", "accepted/old.py", "accepted/p.pl", "accepted/team",
    ]  # fmt: skip
    assert found["accepted/team"].program.main == "Main.java"


def test_rules_of_submissions_yaml(read: Read) -> None:
    draft = read({
        "problem.yaml": "problem_format_version: 2025-09\nname: x\n", **TESTS,
        "submissions/submissions.yaml": """
"accepted/{a,b}.py": {score: [1, 2]}
"*/half.py":
  permitted: [AC, TLE]
  secret/*-hard: {required: [TLE]}
""",
        "submissions/accepted/a.py": "", "submissions/accepted/c.py": "", "submissions/partial/half.py": "",
    })  # fmt: skip
    found = {r.program.path.rpartition("/")[2]: r.expectations for r in draft.material.references}
    assert found["c.py"] == (Expectation(every=frozenset({AC})),)
    assert found["a.py"] == (Expectation(every=frozenset({AC})), Expectation(score=(1.0, 2.0)))
    assert found["half.py"] == (
        Expectation(every=frozenset({AC, TLE})), Expectation(group="secret/*-hard", some=frozenset({TLE})),
    )  # fmt: skip


def test_domjudge(read: Read) -> None:
    draft = read({
        "domjudge-problem.ini": "short-name = A\ntimelimit='2.5'\nname=\"A name\"\ncolor=#ff0000\n",
        "problem.pdf": "%PDF", **TESTS,
    })  # fmt: skip
    assert (draft.title, draft.slug, draft.limits.cpu_time) == ("A name", "a", timedelta(seconds=2.5))
    assert [(s.format, s.language) for s in draft.material.statements] == [("pdf", "en")]


def test_statements_stubs_attachments_constants(read: Read) -> None:
    draft = read({
        "problem.yaml": "problem_format_version: 2025-09\nname: x\nconstants: {n: 7}\nlanguages: [cpp, java]\n", **TESTS,
        "statement/problem.en.md": "text", "statement/problem.sv.tex": "\\problemname{Hej}", "statement/fig.png": "",
        "include/cpp/lib.h": "", "include/cpp/main.cpp": CPP, "include/default/data.txt": "",
        "attachments/tool.py": "", "output_validator/v.py": "N = {{n}}; M = {{m}}\n",
    })  # fmt: skip
    assert {(s.language, s.format, s.title) for s in draft.material.statements} == {
        ("en", "markdown", "x"), ("sv", "latex", "Hej"),
    }  # fmt: skip
    stubs = {stub.languages: stub for stub in draft.setup.stubs}
    assert stubs[("cpp20", "cpp17", "cpp23", "cpp14")].main == "main.cpp"  # type: ignore[index]  # ids are texts
    assert [file.name for file in stubs[()].files] == ["data.txt"]
    assert draft.setup.languages == ("cpp20", "cpp17", "cpp23", "cpp14", "java")
    assert [file.name for file in draft.material.attachments] == ["tool.py"]
    assert draft.checker.program is not None
    content = draft.contents[draft.checker.program.files[0].content.digest]
    with content.open() as reader:
        assert reader.read() == b"N = 7; M = {{m}}\n"


WRONG: Mapping[str, tuple[Files, str, str | None]] = {
    "no tests": ({"problem.yaml": "", "x": ""}, "the package has no tests", "hello/data/"),
    "no answer": ({"problem.yaml": "", "data/secret/1.in": ""}, "has no answer beside it (1.ans)", "hello/data/secret/1.in"),
    "no validator": ({"problem.yaml": "validation: custom", **TESTS}, "asks for an output validator", None),
    "not YAML": ({"problem.yaml": "a: [", **TESTS}, "is not valid YAML", "hello/problem.yaml"),
    "not a mapping": ({"problem.yaml": "- a", **TESTS}, "must be a mapping", "hello/problem.yaml"),
    "a bad score": ({"problem.yaml": "type: scoring", "data/testdata.yaml": "accept_score: much", **TESTS},
        "accept_score must be a number", "hello/data/testdata.yaml"),
    "a flag without its number": ({"problem.yaml": "validator_flags: float_tolerance", **TESTS}, "needs a number", None),
    "aliases": ({"problem.yaml": "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join('*' + chr(97 + n) for _ in range(9))}]\n" for n in range(8)), **TESTS},
        "has more than 200000 values", "hello/problem.yaml"),
    "foreign validator": ({"problem.yaml": "validation: custom", **TESTS, "output_validators/v.scala": ""}, "Scala", None),
}  # fmt: skip


@pytest.mark.parametrize(("files", "message", "file"), WRONG.values(), ids=WRONG)
def test_wrong(read: Read, files: Files, message: str, file: str | None) -> None:
    with pytest.raises(PackageRejected) as caught:
        read(files)
    complaint = next(c for c in caught.value.complaints if message in c.message)
    assert file is None or complaint.file == file


def test_an_output_validator_of_loose_files(read: Read) -> None:
    files = {
        **TESTS,
        "problem.yaml": "problem_format_version: 2025-09\nname: x\ntype: pass-fail\n",
        "output_validator/validate.cc": '#include "validate.h"\n',
        "output_validator/validate.h": "",
        "input_validators/check.cpp": '#include "common.h"\n',
        "input_validators/common.h": "",
    }
    draft = read(files)
    assert draft.checker.program is not None
    assert [file.name for file in draft.checker.program.files] == ["validate.cc", "validate.h"]
    (validator,) = draft.material.validators
    assert validator.program.path == "input_validators/check.cpp"
    assert [file.name for file in validator.program.files] == ["check.cpp", "common.h"]


def test_constants_with_several_spellings(read: Read) -> None:
    manifest = "problem_format_version: 2025-09\nname: x\nconstants: {N: 5, W: {value: 6, roman: VI, word: six}}\n"
    files = {**TESTS, "problem.yaml": manifest, "input_validators/v.py": "{{N}} {{W}} {{W.roman}} {{W.x}}"}
    draft = read(files)
    (validator,) = draft.material.validators
    with draft.contents[validator.program.files[0].content.digest].open() as file:
        assert file.read() == b"5 6 VI {{W.x}}"


def test_constants_in_statements(read: Read) -> None:
    manifest = "problem_format_version: 2025-09\nname: x\nconstants: {N: 5}\n"
    statements = {"statement/problem.en.tex": "$n \\le {{N}}$ {{M}}", "statement/problem.sv.md": "{{M}}"}
    draft = read({**TESTS, "problem.yaml": manifest, **statements})
    texts = []
    for statement in draft.material.statements:
        assert (
            statement.files[0].name == f"problem.{statement.language}.{'tex' if statement.language == 'en' else 'md'}"
        )
        with draft.contents[statement.files[0].content.digest].open() as file:
            texts.append(file.read())
    assert sorted(texts) == [b"$n \\le 5$ {{M}}", b"{{M}}"]


def test_an_entrypoint_of_submissions_yaml(read: Read) -> None:
    files = {
        **TESTS,
        "problem.yaml": "problem_format_version: 2025-09\nname: x\n",
        "submissions/accepted/two/a.py": "",
        "submissions/accepted/two/b.py": "",
        "submissions/submissions.yaml": "accepted/two: {entrypoint: b.py}\n",
    }
    (reference,) = read(files).material.references
    assert reference.program.main == "b.py"
