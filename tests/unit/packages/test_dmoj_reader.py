"""What DMOJ's problem folders may say, and what is said of a wrong one."""

import json
from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise

import pytest

from domain.problems.entities import CheckerSpec
from domain.problems.enums import CheckerProtocol, CheckerType, GroupScoring, Scoring
from domain.problems.material import Expectation
from domain.verdicts import Verdict
from tests.unit.packages.reading import Files, Read, content, names, pairs, rejected
from tests.unit.packages.zips import packed

LIST = "test_cases:\n- {in: 1.in, out: 1.out, points: 40}\n- {in: 2.in, out: 2.out, points: 60}\n"
DATA: Files = {"1.in": "2 3\r\n", "1.out": "5", "2.in": "1 1\n", "2.out": "2\n"}


def problem(manifest: str = LIST, **files: str | bytes) -> dict[str, str | bytes]:
    return {"sum/init.yml": manifest, **{f"sum/{name}": text for name, text in ({**DATA, **files}).items()}}


def test_the_smallest(read: Read) -> None:
    draft = read(problem())
    assert (draft.slug, draft.title, draft.format, draft.source) == ("sum", "sum", "dmoj", "sum/init.yml")
    assert (draft.scoring, draft.checker, draft.groups) == (Scoring.POINTS, CheckerSpec(line_sensitive=True), ())
    assert pairs(draft) == [("1", b"2 3\n", b"5\n"), ("2", b"1 1\n", b"2\n")]
    assert [test.points for test in draft.tests] == [40.0, 60.0]
    assert "states no time limit" in draft.warnings[0].message


def test_an_archive(read: Read) -> None:
    files: Files = {"init.yml": "archive: data/sum.zip\n" + LIST, "data/sum.zip": packed(DATA), "1.in": "7 7\n"}
    draft = read(files)
    assert pairs(draft) == [("1", b"7 7\n", b"5\n"), ("2", b"1 1\n", b"2\n")]
    assert draft.slug == "sum"


def test_batches(read: Read) -> None:
    manifest = """
test_cases:
- {in: 1.in, out: 1.out, points: 0}
- points: 30
  batched:
  - {in: 1.in, out: 1.out}
  - {in: 2.in, out: 2.out}
- points: 70
  dependencies: [1]
  batched:
  - {in: 2.in, out: 2.out}
- {in: 2.in, out: 2.out}
"""
    draft = read(problem(manifest))
    assert [(g.name, g.points, g.scoring, g.depends_on) for g in draft.groups] == [
        ("case 1", 0.0, GroupScoring.MIN, ()),
        ("batch 1", 30.0, GroupScoring.MIN, ("case 1",)),
        ("batch 2", 70.0, GroupScoring.MIN, ("case 1", "batch 1")),
        ("case 5", 1.0, GroupScoring.MIN, ("case 1",)),
    ]
    assert [(t.name, t.group, t.sample, t.points) for t in draft.tests] == [
        ("1", "case 1", True, None), ("2", "batch 1", False, None), ("3", "batch 1", False, None),
        ("4", "batch 2", False, None), ("5", "case 5", False, None),
    ]  # fmt: skip


@pytest.mark.parametrize("archive", [True, False])
def test_cases_by_patterns(read: Read, archive: bool) -> None:
    data = {f"sum.{n}{end}": n for n in ("1a", "1b", "2a", "10a") for end in (".in", ".out")}
    manifest = (
        "test_cases:\n  input_format: 'sum\\.(?P<batch>\\d+)(?P<case>\\w)\\.in'\n"
        "  output_format: 'sum\\.(?P<batch>\\d+)(?P<case>\\w)\\.out'\n  case_points: [20, 30, 50]\n"
    )
    files: Files = {"init.yml": "archive: a.zip\n" + manifest, "a.zip": packed(data)} if archive else {
        "init.yml": manifest, **data
    }  # fmt: skip
    draft = read(files)
    assert [(g.name, g.points) for g in draft.groups] == [("batch 1", 20.0), ("batch 2", 30.0), ("batch 3", 50.0)]
    assert pairs(draft) == [(str(i), f"{n}\n".encode(), f"{n}\n".encode()) for i, n in enumerate(
        ("1a", "1b", "2a", "10a"), 1
    )]  # fmt: skip


def test_cases_by_the_default_patterns(read: Read) -> None:
    data = {f"sum.{n}.{end}": n for n in ("2", "10", "1") for end in ("in", "out")}
    draft = read({"init.yml": "archive: a.zip", "a.zip": packed(data)})
    assert [pair[1] for pair in pairs(draft)] == [b"1\n", b"2\n", b"10\n"]


@pytest.mark.parametrize(
    ("checker", "spec"),
    [
        ("standard", CheckerSpec(line_sensitive=True)),
        ("easy", CheckerSpec(type=CheckerType.LETTERS)),
        ("identical", CheckerSpec(type=CheckerType.EXACT)),
        ("rstripped", CheckerSpec(type=CheckerType.LINES)),
        ("linecount", CheckerSpec(type=CheckerType.LINE_COUNT)),
        ("sorted", CheckerSpec(type=CheckerType.SORTED, line_sensitive=True)),
        ("unordered", CheckerSpec(type=CheckerType.SORTED)),
        ("{name: sorted, args: {split_on: whitespace}}", CheckerSpec(type=CheckerType.SORTED)),
        ("floats", CheckerSpec(type=CheckerType.FLOAT, absolute=1e-6, relative=1e-6, line_sensitive=True)),
        (
            "{name: floatsabs, args: {precision: 4}}",
            CheckerSpec(type=CheckerType.FLOAT, absolute=1e-4, line_sensitive=True),
        ),
        (
            "{name: floats, args: {error_mode: relative}}",
            CheckerSpec(type=CheckerType.FLOAT, relative=1e-6, line_sensitive=True),
        ),
    ],
)
def test_checkers_by_name(read: Read, checker: str, spec: CheckerSpec) -> None:
    assert read(problem(f"checker: {checker}\n{LIST}")).checker == spec


@pytest.mark.parametrize(
    ("kind", "protocol"),
    [
        ("", CheckerProtocol.DMOJ), ("type: testlib", CheckerProtocol.TESTLIB), ("type: coci", CheckerProtocol.COCI),
        ("type: peg", CheckerProtocol.PEG),
    ],
)  # fmt: skip
def test_checkers_that_are_programs(read: Read, kind: str, protocol: CheckerProtocol) -> None:
    manifest = f"""
checker:
  name: bridged
  args: {{files: [check.cpp, more.cpp], lang: CPP11, flags: [-DN=3, -O3], feedback: true, {kind}}}
"""
    draft = read(problem(manifest + LIST, **{"check.cpp": "int x;\n", "more.cpp": "", "check.h": "", "a/x.h": ""}))
    program = draft.checker.program
    assert program is not None
    assert (draft.checker.protocol, program.language, program.main) == (protocol, "cpp17", "check.cpp")
    assert names(program) == ["check.cpp", "more.cpp", "check.h"]
    assert content(draft, program.files[0].content) == b'#define N 3\n#line 1 "check.cpp"\nint x;\n'
    assert any("'-O3'" in warning.message for warning in draft.warnings)


def test_a_checker_in_python(read: Read) -> None:
    draft = read(
        problem(f"checker: {{name: check.py, args: {{most: 3, of: [a]}}}}\n{LIST}", **{"check.py": "def check"})
    )
    assert draft.checker.protocol is CheckerProtocol.DMOJ_PYTHON
    assert names(draft.checker.program) == ["check.py"]
    assert json.loads(draft.checker.arguments[0]) == {"most": 3, "of": ["a"]}


def test_interactive(read: Read) -> None:
    manifest = (
        "interactive: {files: i.c, flags: [-DFLAG], type: testlib, preprocessing_time: 1}\ntest_cases: [points: 20]"
    )
    draft = read({"init.yml": manifest, "i.c": "int main() {}"})
    interaction = draft.setup.interaction
    assert interaction is not None
    assert (interaction.protocol, interaction.judges, interaction.program.language) == (
        CheckerProtocol.TESTLIB, True, "c17",
    )  # fmt: skip
    assert pairs(draft) == [("1", b"", b"")]


def test_a_signature_grader(read: Read) -> None:
    manifest = "signature_grader: {entry: handler.cpp, header: sum.h}\n"
    draft = read(problem(manifest + LIST, **{"handler.cpp": "int main() {}", "sum.h": "int sum();"}))
    (stub,) = draft.setup.stubs
    assert stub.languages == draft.setup.languages == ("cpp17", "cpp20", "cpp23", "cpp14")
    assert [file.name for file in stub.files] == ["handler.cpp", "sum.h"]
    assert stub.prologue == '#include "sum.h"\n#define main main_of_submission\n'
    assert content(draft, stub.files[0].content).endswith(b"int main() {}")


def test_generators(read: Read) -> None:
    manifest = """
generator: {source: gen.py, args: [9], language: PY3}
test_cases:
- {generator_args: [1, 2]}
- {in: 1.in, out: 1.out}
- {generator: gen2.cpp, out: 2.out}
- points: 3
  generator_args: [7]
  batched: [{}, {generator_args: [8]}]
"""
    draft = read(problem(manifest, **{"gen.py": "", "gen2.cpp": ""}))
    generations = [test.generation for test in draft.tests]
    assert [None if g is None else (g.program.path, g.arguments, g.answer_on_stderr) for g in generations] == [
        ("gen.py", ("1", "2"), True), None, ("gen2.cpp", (), True), ("gen.py", ("7",), True), ("gen.py", ("8",), True),
    ]  # fmt: skip
    assert [(test.input is None, test.answer is None) for test in draft.tests[:3]] == [
        (True, True), (False, False), (True, False),
    ]  # fmt: skip


def test_limits_of_runs_and_files(read: Read) -> None:
    manifest = f"output_limit_length: 1000\nwall_time_factor: 4\nfile_io: {{input: sum.in, output: sum.out}}\n{LIST}"
    draft = read(problem(manifest, **{"problem.yml": "name: Sum of two\ntime_limit: 2.5\nmemory_limit: 65536\n"}))
    limits = draft.limits
    assert (limits.cpu_time, limits.wall_time) == (timedelta(seconds=2.5), timedelta(seconds=10))
    assert (limits.memory, limits.output) == (64 * 1024 * 1024, 1000)
    assert (draft.title, draft.setup.input_file, draft.setup.output_file) == ("Sum of two", "sum.in", "sum.out")


def test_front_matter(read: Read) -> None:
    draft = read(problem(**{"statement.md": "---\ntitle: Sums\ntimelimit: 1500ms\nmemory: 64 MB\n---\nAdd.\n"}))
    assert (draft.title, draft.limits.cpu_time) == ("Sums", timedelta(seconds=1.5))
    assert draft.limits.memory == 64 * 1024 * 1024
    assert [statement.format for statement in draft.material.statements] == ["markdown"]


def test_redirects(read: Read) -> None:
    manifest = """
test_cases:
- {in: 1.in, out: 1.out, io_redirects: {DATA.in: {fd: 0, mode: r}, DATA.out: {fd: stdout, mode: w}}}
"""
    setup = read(problem(manifest)).setup
    assert (setup.input_file, setup.output_file) == ("DATA.in", "DATA.out")


def test_submissions_of_the_test_suite(read: Read) -> None:
    right = "language: CPP17\ntime: 2\nmemory: 65536\nsource: a.cpp\n"
    wrong = "language: PY3\ntime: 1\nmemory: 1024\nsource: [b.py]\nexpect: [AC, WA]\ncases: {2: RTE}\n"
    other = "language: TUR\ntime: 1\nmemory: 1024\nsource: c.tur\nexpect: CE\n"
    draft = read(
        problem(
            **{
                "tests/right/test.yml": right, "tests/right/a.cpp": "", "tests/wrong/test.yml": wrong,
                "tests/wrong/b.py": "", "tests/other/test.yml": other, "tests/other/c.tur": "", "solution.cpp": "",
            }
        )
    )  # fmt: skip
    third, first, second = draft.material.references
    accepted = frozenset({Verdict.AC, Verdict.PA})
    assert (first.program.language, first.sets_limit, first.skip) == ("cpp17", True, "")
    assert first.expectations == (Expectation(every=accepted),)
    assert second.expectations == (
        Expectation(every=accepted | {Verdict.WA, Verdict.PE, Verdict.RTE, Verdict.MLE}),
        Expectation(group="2", every=frozenset({Verdict.RTE, Verdict.MLE})),
    )
    assert third.skip == "the language TUR is not in the catalogue"
    assert (draft.limits.cpu_time, draft.limits.memory) == (timedelta(seconds=2), 64 * 1024 * 1024)


def test_solutions_by_name(read: Read) -> None:
    sources = (
        "sum.cpp", "solutions/sum_wa.py", "solutions/tle/x.cpp", "solution.java", "gen.cpp", "notes.txt", "wa/1.cpp",
        "data/x_wa.cpp",
    )  # fmt: skip
    draft = read(problem(**dict.fromkeys(sources, "")))
    found = {r.program.path: r.expectations[0].verdicts for r in draft.material.references}
    assert found == {
        "sum.cpp": frozenset({Verdict.AC}), "solution.java": frozenset({Verdict.AC}),
        "solutions/sum_wa.py": frozenset({Verdict.WA, Verdict.PE, Verdict.PA}),
        "wa/1.cpp": frozenset({Verdict.WA, Verdict.PE, Verdict.PA}),
        "solutions/tle/x.cpp": frozenset({Verdict.TLE}),
    }  # fmt: skip
    assert {r.program.path for r in draft.material.references if r.sets_limit} == {"sum.cpp", "solution.java"}


def test_what_is_left_out_is_said(read: Read) -> None:
    manifest = "symlinks: {a: b}\nodd: 1\npretest_test_cases: {}\nhints: [nobigmath]\n"
    said = [w.message for w in read(problem(manifest + LIST)).warnings]
    assert [message.split()[0] for message in said] == ["pretest_test_cases", "states", "symlinks", "odd"]


def test_pretests_go_first_and_all_else_depends_on_them(read: Read) -> None:
    draft = read(problem("pretest_test_cases:\n- {in: 1.in, out: 1.out, points: 5}\n" + LIST))
    assert [(test.name, test.sample) for test in draft.tests][:2] == [("1", True), ("2", False)]
    assert draft.groups[0].points == 0
    assert all(draft.groups[0].name in g.depends_on for g in draft.groups[1:])


def test_a_grader_in_python_talks_to_the_submission(read: Read) -> None:
    setup = read(problem("custom_judge: g.py\nunbuffered: yes\n" + LIST, **{"g.py": "class Grader: pass"})).setup
    assert setup.interaction is not None
    assert setup.interaction.protocol is CheckerProtocol.DMOJ_PYTHON
    assert all(stub.prologue and not stub.files for stub in setup.stubs)
    assert {"c17", "cpp20", "python3"} <= {language for stub in setup.stubs for language in stub.languages}


def test_arguments_may_be_written_out(read: Read) -> None:
    asked = "checker: {name: bridged, args: {files: c.py, args_format_string: '-x \"a b\" {output_file}'}}\n"
    spec = read(problem(asked + LIST, **{"c.py": ""})).checker
    assert spec.arguments == ("{arguments}", "-x", "a b", "{output_file}")


def test_rare_checkers_are_run_as_programs(read: Read) -> None:
    spec = read(problem("checker: {name: linematches, args: {point_distribution: [1, 2]}}\n" + LIST)).checker
    assert spec.protocol is CheckerProtocol.DMOJ_PYTHON
    assert spec.arguments == ('{"point_distribution": [1, 2]}',)


LETTERS = "abcdefghijk"


def test_warnings_have_an_end(read: Read) -> None:
    manifest = "test_cases:\n" + "".join(f"- {{in: 1.in, out: 1.out, odd{n}: 1}}\n" for n in range(80))
    warnings = read(problem(manifest)).warnings
    assert (len(warnings), warnings[-1].message) == (51, "there are 31 more warnings")


BOMB = packed({"1.in": b"0" * 80_000_000})
ALIASES = "a: &a [x, x]\n" + "".join(f"{c}: &{c} [*{p}, *{p}, *{p}, *{p}]\n" for p, c in pairwise(LETTERS))
ONE = "{in: 1.in, out: 1.out"
BRIDGED = "checker: {name: bridged, args: {files: c.FORM}}\n"
CLIMBING = problem("test_cases:\n- {in: ../../../etc/passwd, out: 1.out}")
ZIG = problem(BRIDGED.replace("FORM", "zig") + LIST, **{"c.zig": ""})
EARLY = problem(f"test_cases:\n- {{batched: [{ONE}}}], points: 1, dependencies: [1]}}")
MANY = problem(f"test_cases:\n- &one {ONE}}}\n" + "- *one\n" * 20_500)
CUSTOM = problem("custom_judge: g.py\n" + LIST)

WRONG: Mapping[str, tuple[Files, str, str | None, int | None]] = {
    "lost grader": (CUSTOM, "names the grader 'g.py', which is not in the package", "sum/init.yml", 1),
    "no file": (problem("test_cases:\n- {in: 9.in, out: 1.out}"), "test_cases[0].in names '9.in'", "sum/init.yml", 2),
    "climbing": (CLIMBING, "names '../../../etc/passwd'", "sum/init.yml", 2),
    "unknown checker": (problem("checker: magic\n" + LIST), "checker is not known here: 'magic'", "sum/init.yml", 1),
    "lost checker": (problem(BRIDGED.replace("FORM", "cpp") + LIST), "names the checker 'c.cpp'", "sum/init.yml", 1),
    "checker in an unknown language": (ZIG, "in Zig", "sum/c.zig", None),
    "no tests": (problem("archive: x.zip\ntest_cases: []"), "test_cases gives no tests", "sum/init.yml", 2),
    "late dependency": (EARLY, "dependencies names '1', which is no batch before", "sum/init.yml", 2),
    "bad pattern": (problem("test_cases: {input_format: '('}"), "is not a regular expression", "sum/init.yml", 1),
    "NUL in an argument": (
        problem('generator: g.py\ntest_cases:\n- {generator_args: ["\\0"]}', **{"g.py": ""}), "must not hold NUL",
        "sum/init.yml", 3,
    ),
    "YAML": (problem("test_cases: [\n"), "is not valid YAML", "sum/init.yml", 2),
    "aliases": (problem(ALIASES), "has more than 200000 values", "sum/init.yml", None),
    "many tests": (MANY, "has more than 20000 test cases", "sum/init.yml", None),
    "huge numbers": (problem(f"test_cases:\n- {ONE}, points: 1e300}}"), "must be a number", "sum/init.yml", 2),
    "bomb in the archive": ({"init.yml": "archive: a.zip", "a.zip": BOMB}, "as a zip bomb does", "a.zip", None),
    "archive that climbs": (
        {"init.yml": "archive: a.zip", "a.zip": packed({"../x": ""})}, "climbs out of its folder", "../x", None
    ),
    "no archive": ({"init.yml": "archive: a.zip", "a.zip": "x"}, "the archive is not a sound zip file", "a.zip", None),
}  # fmt: skip


@pytest.mark.parametrize(("files", "message", "file", "line"), WRONG.values(), ids=WRONG)
def test_wrong(read: Read, files: Files, message: str, file: str | None, line: int | None) -> None:
    said = rejected(read, files)
    assert message in said[0][0]
    assert said[0][1] == file
    assert line is None or said[0][2] == line


def test_a_case_may_be_described_for_this_system(read: Read) -> None:
    case = "language: PY3\ntime: {time}\nmemory: {memory}\nsource: a.py\n"
    draft = read(problem(LIST, **{
        "tests/one/test.yml": case.format(time=2, memory=65536), "tests/one/a.py": "",
        "tests/two/test.linux.yml": case.format(time=3, memory=32768) + "expect: TLE\n", "tests/two/a.py": "",
        "tests/two/test.windows.yml": "time: 9\n", "tests/one/test.posix.yml": "time: 1\n",
    }))  # fmt: skip
    assert [r.program.path for r in draft.material.references] == ["tests/one/a.py", "tests/two/a.py"]
    assert (draft.limits.cpu_time, draft.limits.memory) == (timedelta(seconds=1), 64 * 1024 * 1024)


def test_what_is_skipped_by_a_short_circuit_is_not_waited_for(read: Read) -> None:
    case = "language: PY3\ntime: 2\nsource: a.py\ncases: [WA, SC]\nshort_circuit: True\n"
    draft = read(problem(LIST, **{"tests/one/test.yml": case, "tests/one/a.py": ""}))
    assert [e.group for e in draft.material.references[0].expectations] == [None, "1"]
