"""What Polygon's packages may say, and what is said of a wrong one."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from domain.problems.entities import CheckerSpec, ProblemLimits
from domain.problems.enums import CheckerProtocol, CheckerType, GroupScoring, Scoring
from domain.problems.material import Expectation
from domain.verdicts import Verdict
from tests.unit.packages.reading import Files, Read, content, names, pairs, rejected

TESTLIB = '#include "testlib.h"\nint main() {}\n'
TESTS = """
  <time-limit>1500</time-limit><memory-limit>268435456</memory-limit><test-count>2</test-count>
  <input-path-pattern>tests/%02d</input-path-pattern><answer-path-pattern>tests/%02d.a</answer-path-pattern>
  <tests><test method="manual" sample="true"/><test method="manual"/></tests>
"""
FILES: Files = {"tests/01": "2 3\n", "tests/01.a": "5\n", "tests/02": "1 1\r\n", "tests/02.a": "2\r\n"}


def manifest(testset: str = TESTS, *, assets: str = "", files: str = "", rest: str = "", judging: str = "") -> str:
    return f"""<?xml version="1.0" encoding="utf-8" standalone="no"?>
<problem revision="3" short-name="two-Sums">
  <names><name language="russian" value="Суммы"/><name language="english" value="Sums"/></names>
  {rest}
  <judging cpu-name="x" {judging}><testset name="tests">{testset}</testset></judging>
  <files>{files}</files>
  <assets>{assets}</assets>
</problem>"""


def package(testset: str = TESTS, **parts: str) -> dict[str, str | bytes]:
    return {**FILES, "problem.xml": manifest(testset, **parts)}


def test_the_smallest(read: Read) -> None:
    draft = read(package())
    assert (draft.title, draft.slug, draft.format, draft.source) == ("Sums", "two-sums", "polygon", "problem.xml")
    assert draft.limits == ProblemLimits(cpu_time=timedelta(seconds=1.5), memory=256 * 1024 * 1024)
    assert (draft.checker, draft.scoring, draft.groups) == (CheckerSpec(), Scoring.PASS_FAIL, ())
    assert pairs(draft) == [("01", b"2 3\n", b"5\n"), ("02", b"1 1\n", b"2\n")]
    assert [test.sample for test in draft.tests] == [True, False]
    assert draft.warnings == ()


@pytest.mark.parametrize("prefix", ["sums/", "contest/problems/sums/"])
def test_in_a_folder(read: Read, prefix: str) -> None:
    draft = read({"contest/contest.xml": "<x/>"} | {f"{prefix}{name}": text for name, text in package().items()})
    assert draft.source == f"{prefix}problem.xml"
    assert draft.tests[0].source == f"{prefix}tests/01"


def test_programs_with_what_they_are_compiled_with(read: Read) -> None:
    assets = """
      <checker name="check.cpp" type="testlib"><source path="files/check.cpp" type="cpp.g++17"/></checker>
      <validators><validator><source path="files\\val.cpp" type="cpp.gcc13-64-winlibs-g++20"/></validator></validators>
      <solutions>
        <solution tag="main"><source path="solutions/Main.java" type="java11"/></solution>
        <solution tag="accepted"><source path="solutions/a.cpp" type="cpp.g++11"/></solution>
        <solution tag="wrong-answer"><source path="solutions/b.py" type="python.pypy3"/></solution>
        <solution tag="time-limit-exceeded-or-accepted"><source path="solutions/c.py" type="python.3"/></solution>
        <solution tag="do-not-run"><source path="solutions/d.pas" type="pas.fpc"/></solution>
        <solution tag="rejected"><source path="solutions/e.scala" type="scala"/></solution>
      </solutions>"""
    files = """<resources><file path="files/testlib.h" type="h.g++"/><file path="files/olymp.sty"/></resources>
      <executables><executable><source path="files/val.cpp" type="cpp.g++17"/></executable></executables>"""
    sources = {f"solutions/{name}": "x" for name in ("Main.java", "a.cpp", "b.py", "c.py", "d.pas", "e.scala")}
    own = {"files/check.cpp": TESTLIB, "files/val.cpp": TESTLIB, "files/testlib.h": "", "files/common.h": ""}
    draft = read({**package(assets=assets, files=files), **sources, **own})
    checker = draft.checker
    assert (checker.type, checker.protocol) == (CheckerType.PROGRAM, CheckerProtocol.TESTLIB)
    assert names(checker.program) == ["check.cpp", "testlib.h", "common.h"]
    (validator,) = draft.material.validators
    assert (validator.program.path, validator.program.language) == ("files/val.cpp", "cpp20")
    assert validator.arguments == ("--testset", "tests")
    references = draft.material.references
    assert [r.program.language for r in references] == ["java", "cpp17", "pypy3", "python3", "pascal", None]
    assert [r.sets_limit for r in references] == [True, True, False, False, False, False]
    assert [bool(r.skip) for r in references] == [False, False, False, False, True, True]
    assert [r.expectations for r in references[:4]] == [
        (Expectation(verdicts=frozenset({Verdict.AC})),),
        (Expectation(verdicts=frozenset({Verdict.AC})),),
        (Expectation(verdicts=frozenset({Verdict.WA, Verdict.PE})),),
        (Expectation(verdicts=frozenset({Verdict.AC, Verdict.TLE})),),
    ]
    assert names(references[1].program) == ["a.cpp"]
    assert draft.solution == references[0].program


@pytest.mark.parametrize("source", ["quitf(_ok)", "quitp(0.5)", "quitf(_pc(50))"])
def test_right_solutions_may_be_partly_right_for_a_checker_with_points(read: Read, source: str) -> None:
    assets = """<checker><source path="c.cpp" type="cpp.g++17"/></checker>
      <solutions><solution tag="main"><source path="m.cpp" type="cpp.g++17"/></solution></solutions>"""
    draft = read({**package(assets=assets), "c.cpp": source, "m.cpp": ""})
    (expectation,) = draft.material.references[0].expectations
    right = frozenset({Verdict.AC} if "_ok" in source else {Verdict.AC, Verdict.PA})
    assert expectation.verdicts == right


def test_generated_tests(read: Read) -> None:
    testset = """<time-limit>1000</time-limit><memory-limit>1048576</memory-limit>
      <input-path-pattern>tests/%d</input-path-pattern><answer-path-pattern>tests/%d.a</answer-path-pattern>
      <tests><test method="manual"/><test method="generated" cmd="gen -n 5 &quot;a b&quot; '$(x)'"/></tests>"""
    assets = '<solutions><solution tag="main"><source path="s/m.cpp" type="cpp.g++17"/></solution></solutions>'
    files = '<executables><executable><source path="files/gen.cpp" type="cpp.g++17"/></executable></executables>'
    own = {"tests/1": "1\n", "files/gen.cpp": TESTLIB, "s/m.cpp": "int main() {}"}
    draft = read({"problem.xml": manifest(testset, assets=assets, files=files), **own})
    assert pairs(draft) == [("01", b"1\n", None), ("02", None, None)]
    generation = draft.tests[1].generation
    assert generation is not None
    assert (generation.program.path, generation.arguments) == ("files/gen.cpp", ("-n", "5", "a b", "$(x)"))
    assert draft.solution is not None
    assert draft.tests[1].source == "problem.xml"


GROUPS = """<time-limit>1000</time-limit><memory-limit>1048576</memory-limit>
  <tests>
    <test sample="true" group="s" points="0.0"/><test group="1" points="30"/><test group="1" points="0.0"/>
    <test group="2" points="20"/><test group="2" points="50"/>
  </tests>
  <groups>
    <group name="2" points-policy="each-test"><dependencies><dependency group="1"/></dependencies></group>
    <group name="s" points="0.0" points-policy="complete-group"/>
    <group name="1" points="30" points-policy="complete-group">
      <dependencies><dependency group="s"/><dependency group="lost"/></dependencies></group>
  </groups>"""


def test_groups(read: Read) -> None:
    tests = {f"tests/0{n}{end}": "x\n" for n in range(1, 6) for end in ("", ".a")}
    draft = read({"problem.xml": manifest(GROUPS), **tests})
    assert draft.scoring is Scoring.POINTS
    assert [(g.name, g.points, g.scoring, g.depends_on) for g in draft.groups] == [
        ("s", 0.0, GroupScoring.MIN, ()),
        ("1", 30.0, GroupScoring.MIN, ("s",)),
        ("2", 70.0, GroupScoring.SUM, ("1",)),
    ]
    assert [(t.group, t.points) for t in draft.tests] == [
        ("s", None), ("1", None), ("1", None), ("2", 20.0), ("2", 50.0),
    ]  # fmt: skip
    assert draft.tests[1].extras.validator_arguments == ("--group", "1")
    assert [w.message for w in draft.warnings] == ["has a group that depends on 'lost', which has no tests"]


def test_expectations_of_groups(read: Read) -> None:
    tests = {f"tests/0{n}{end}": "x\n" for n in range(1, 6) for end in ("", ".a")}
    assets = """<solutions><solution tag="rejected"><source path="s.cpp" type="cpp.g++17"/><extra-tags>
      <extra-tag group="1" tag="accepted"/><extra-tag group="2" tag="time-limit-exceeded"/>
      <extra-tag testset="pretests" tag="accepted"/></extra-tags></solution></solutions>"""
    draft = read({"problem.xml": manifest(GROUPS, assets=assets), **tests, "s.cpp": ""})
    group_1, group_2, whole = draft.material.references[0].expectations
    assert group_1 == Expectation(group="1", every=frozenset({Verdict.AC}))
    assert group_2 == Expectation(group="2", every=frozenset({Verdict.AC, Verdict.TLE, Verdict.PA}))
    assert whole.verdicts is not None
    assert Verdict.PA in whole.verdicts
    assert Verdict.AC not in whole.verdicts


@pytest.mark.parametrize(
    ("name", "spec"),
    [
        ("std::wcmp.cpp", CheckerSpec()),
        ("std::lcmp.cpp", CheckerSpec(line_sensitive=True)),
        ("std::yesno.cpp", CheckerSpec(case_sensitive=False)),
        ("std::rcmp6.cpp", CheckerSpec(type=CheckerType.FLOAT, absolute=1e-6, relative=1e-6)),
        ("std::uncmp.cpp", CheckerSpec(type=CheckerType.SORTED)),
    ],
)
def test_standard_checkers_need_no_testlib(read: Read, name: str, spec: CheckerSpec) -> None:
    assets = f'<checker name="{name}"><source path="files/check.cpp" type="cpp.g++17"/></checker>'
    draft = read({**package(assets=assets), "files/check.cpp": TESTLIB})
    assert draft.checker == spec
    assert bool(draft.warnings) == (spec.type is not CheckerType.TOKENS or spec.line_sensitive)


def test_a_standard_checker_that_is_compiled(read: Read) -> None:
    assets = (
        '<checker name="std::rcmp6.cpp"><source path="x/no.cpp" type="cpp.g++17"/><copy path="check.cpp"/></checker>'
    )
    draft = read({**package(assets=assets), "check.cpp": TESTLIB, "files/testlib.h": ""})
    assert names(draft.checker.program) == ["check.cpp", "testlib.h"]


@pytest.mark.parametrize("checked", [True, False])
def test_interactive(read: Read, checked: bool) -> None:
    assets = '<interactor><source path="files/i.cpp" type="cpp.g++17"/></interactor>'
    if checked:
        assets += '<checker name="own"><source path="files/c.cpp" type="cpp.g++17"/></checker>'
    draft = read({**package(assets=assets, judging='run-count="2"'), "files/i.cpp": TESTLIB, "files/c.cpp": TESTLIB})
    interaction = draft.setup.interaction
    assert interaction is not None
    assert (interaction.protocol, interaction.judges) == (CheckerProtocol.TESTLIB, not checked)
    assert draft.setup.passes == 2
    assert (draft.checker.type is CheckerType.PROGRAM) is checked


def test_files_in_place_of_streams(read: Read) -> None:
    setup = read(package(judging='input-file="sums.in" output-file="stdout"')).setup
    assert (setup.input_file, setup.output_file) == ("sums.in", None)


def test_graders(read: Read) -> None:
    files = """<resources>
      <file path="files/grader.cpp" type="cpp.g++17" for-types="cpp.*" main="true">
        <assets><asset name="SOLUTION"/></assets></file>
      <file path="files/sums.h" type="h.g++" for-types="cpp.*"><assets><asset name="solution"/></assets></file>
      <file path="files/Grader.java" for-types="java*"><assets><asset name="solution"/></assets></file>
      <file path="files/check.h" type="h.g++"><assets><asset name="checker"/></assets></file>
      <file path="files/x.zig" for-types="zig"><assets><asset name="solution"/></assets></file></resources>"""
    own = {f"files/{name}": "x" for name in ("grader.cpp", "sums.h", "Grader.java", "check.h", "x.zig")}
    draft = read({**package(files=files), **own})
    cpp, java = draft.setup.stubs
    assert (cpp.languages, [f.name for f in cpp.files], cpp.main) == (
        ("cpp17", "cpp20", "cpp23", "cpp14"), ["grader.cpp", "sums.h"], "grader.cpp",
    )  # fmt: skip
    assert java.languages == ("java",)
    assert "'zig'" in draft.warnings[0].message


def test_statements_and_attachments(read: Read) -> None:
    rest = """<statements>
      <statement language="english" path="statements/english/problem.tex" type="application/x-tex"/>
      <statement language="russian" path="statements/.pdf/russian/problem.pdf" type="application/pdf"/>
      <statement language="russian" path="../x.pdf" type="application/pdf"/>
      <statement language="german" path="statements/.html/german/problem.html" type="text/html"/>
      <statement language="french" path="statements/.html/german/problem.html" type="text/html"/></statements>"""
    files = '<attachments><file path="files/sample.zip"/><file path="../../etc/passwd"/></attachments>'
    own = {
        "statements/english/problem.tex": "Add.", "statements/english/p.png": "", "statements/english/example.01": "",
        "statements/.pdf/russian/problem.pdf": "%PDF", "files/sample.zip": "zip",
        "statements/.html/german/problem.html": "<p>", "statements/.html/german/problem-statement.css": "",
        "statements/german/problem-properties.json": '{"name": "Summen"}',
        "statements/french/problem-properties.json": "[" * 100_000,
    }  # fmt: skip
    draft = read({**package(rest=rest, files=files), **own})
    english, russian, german, french = draft.material.statements
    assert [file.name for file in german.files] == ["problem.html", "problem-statement.css"]
    assert (german.title, french.title) == ("Summen", "")
    assert (english.language, english.format, english.title) == ("en", "latex", "Sums")
    assert [file.name for file in english.files] == ["problem.tex", "p.png"]
    assert (russian.language, russian.format, russian.title) == ("ru", "pdf", "Суммы")
    (attachment,) = draft.material.attachments
    assert (attachment.name, content(draft, attachment.content)) == ("sample.zip", b"zip")


def test_what_is_left_out_is_said(read: Read) -> None:
    text = manifest(assets='<validators><validator><source path="no.cpp"/></validator></validators>').replace(
        "</judging>", '<testset name="pretests"/></judging>'
    )
    warnings = [(w.message, w.line is not None) for w in read({**FILES, "problem.xml": text}).warnings]
    assert warnings == [
        ("has another testset, 'pretests': it is left out", True),
        ("names a validator that is not in the package: it is left out", True),
    ]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><problem>&b;</problem>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><problem>&a;</problem>'
MANY = "<tests>" + "<test/>" * 100_000 + "</tests>"
ODD = '<?xml version="1.0" encoding="klingon"?><problem/>'
CLIMBING, TWO = TESTS.replace(">tests/%02d<", ">../../%02d<"), TESTS.replace(">tests/%02d<", ">%d/%s%n<")
JAVA = '<checker><source path="files/Check.java" type="java8"/></checker>'

WRONG: Mapping[str, tuple[Files, str, str | None, int | None]] = {
    "entities": ({"problem.xml": BOMB}, "has a DTD or entities: take the DOCTYPE out", "problem.xml", 1),
    "external entity": ({"problem.xml": EXTERNAL}, "has a DTD or entities", "problem.xml", 1),
    "no XML": ({"problem.xml": "<problem>\n<a></problem>"}, "is not valid XML: mismatched tag", "problem.xml", 2),
    "odd encoding": ({"problem.xml": ODD}, "is not valid XML", "problem.xml", 1),
    "empty": ({"problem.xml": ""}, "is not valid XML", "problem.xml", 1),
    "deep": ({"problem.xml": "<problem>" * 5000}, "is nested more than 40 deep", "problem.xml", 1),
    "other root": ({"problem.xml": "<html/>"}, "is no problem of Polygon: its root is <html>", "problem.xml", 1),
    "no testset": ({"problem.xml": "<problem/>"}, "has no testset", "problem.xml", 1),
    "100,000 tests": (package(MANY), "has more than 20000 tests", "problem.xml", 5),
    "climbing pattern": (package(CLIMBING), "names a test of which ../../01", "problem.xml", 8),
    "pattern with two numbers": (package(TWO), "must hold one number", "problem.xml", 7),
    "huge time": (package(TESTS.replace("1500", "9" * 30)), "time-limit must be a whole number", "problem.xml", 6),
    "climbing checker": (
        package(assets='<checker><source path="..\\..\\check.cpp"/></checker>'),
        "names a checker of which the source is not in the package", "problem.xml", 11,
    ),
    "checker by a port of testlib": (
        {**package(assets=JAVA), "files/Check.java": "import ru.ifmo.testlib.Checker;"},
        "is the checker and needs a port of testlib", "files/Check.java", None,
    ),
    "no answers": (
        {k: v for k, v in package().items() if not k.endswith(".a")}, "has no answer for test 01", "problem.xml", None
    ),
    "no generator": (
        package('<time-limit>1</time-limit><tests><test cmd="gen 1"/><test cmd="gen 2"/></tests>') | {"tests/01": ""},
        "generates tests by 'gen', of which the source is not in the package", "problem.xml", 5,
    ),
    "circle of groups": (
        package(
            '<tests><test group="a" points="1"/><test group="b" points="1"/></tests><groups>'
            '<group name="a"><dependencies><dependency group="b"/></dependencies></group>'
            '<group name="b"><dependencies><dependency group="a"/></dependencies></group></groups>'
        ),
        "has groups that depend on each other", "problem.xml", 5,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "message", "file", "line"), WRONG.values(), ids=WRONG)
def test_wrong(read: Read, files: Files, message: str, file: str | None, line: int | None) -> None:
    if message.startswith("generates"):
        files = {name: text for name, text in files.items() if not name.startswith("tests/")}
    said = rejected(read, files)
    assert said[0][0].startswith(message) or message in said[0][0]
    assert said[0][1:] == (file, line)


def solution_of(read: Read, name: str, source: str) -> bytes:
    listed = f'<solution tag="accepted"><source path="solutions/{name}"/></solution>'
    draft = read({**package(assets=f"<solutions>{listed}</solutions>"), f"solutions/{name}": source})
    return content(draft, draft.material.references[0].program.files[0].content)


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ('printf("%I64d %5I64u %%I64", x);', 'printf("%lld %5llu %%I64", x);'),
        ("__int64 x;\n", '#define __int64 long long\n#line 1 "a.cpp"\n__int64 x;\n'),
        ("char *gets(char *);\nint main() { gets(s); }", None),
        ("in.gets(s); fgets(s, 5, stdin);", None),
    ],
)
def test_what_only_windows_has_is_said_otherwise(read: Read, source: str, made: str | None) -> None:
    assert solution_of(read, "a.cpp", source) == (made or source).encode()


def test_gets_is_declared_where_it_is_used(read: Read) -> None:
    made = solution_of(read, "a.cpp", "int main() { gets(s); }")
    assert b"char *gets(char *);" in made
    assert made.endswith(b'#line 1 "a.cpp"\nint main() { gets(s); }')


def test_pascal_is_delphis_unless_it_says_otherwise(read: Read) -> None:
    assert solution_of(read, "a.pas", "\ufeffbegin end.") == b"{$mode delphi}begin end."
    assert solution_of(read, "a.dpr", "{$MODE objfpc} begin end.") == b"{$MODE objfpc} begin end."


def test_tests_that_no_list_names(read: Read) -> None:
    draft = read(package("<test-count>9</test-count>"))
    assert [test.name for test in draft.tests] == ["01", "02"]
