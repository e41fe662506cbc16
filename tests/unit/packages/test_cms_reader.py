"""What tasks in CMS's Italian format may say, and what is said of a wrong one."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from domain.languages.entities import LanguageId
from domain.problems.entities import CheckerSpec
from domain.problems.enums import CheckerProtocol, CheckerType, GroupScoring, Scoring
from domain.problems.material import Expectation
from domain.verdicts import Verdict
from tests.unit.packages.reading import Files, Read, content, names, pairs, rejected

TASK = "name: sums\ntitle: Sums\ntime_limit: 1.5\nmemory_limit: 256\ninfile: ''\noutfile: ''\n"
DATA: Files = {f"{kind}/{kind}{n}.txt": f"{n}\n" for kind in ("input", "output") for n in range(4)}
GEN = "# N seed\n#ST: 0\n#COPY: att/example.txt\n\n#ST: 30\n10 1 # small\n20 2\n#ST: 70\n1000 3\n"
RIGHT = frozenset({Verdict.AC})


def task(manifest: str = TASK, **files: str | bytes) -> dict[str, str | bytes]:
    return {"task.yaml": manifest, **DATA, **files}


def test_the_smallest(read: Read) -> None:
    draft = read(task())
    assert (draft.title, draft.slug, draft.format, draft.source) == ("Sums", "sums", "cms", "task.yaml")
    assert (draft.limits.cpu_time, draft.limits.memory) == (timedelta(seconds=1.5), 256 * 1024 * 1024)
    assert (draft.checker, draft.scoring, draft.groups) == (CheckerSpec(), Scoring.POINTS, ())
    assert pairs(draft) == [(f"00{n}", f"{n}\n".encode(), f"{n}\n".encode()) for n in range(4)]
    assert [test.points for test in draft.tests] == [25.0] * 4
    assert (draft.setup.input_file, draft.setup.output_file, draft.warnings) == (None, None, ())


def test_old_names(read: Read) -> None:
    manifest = "nome_breve: somme\nnome: Somme\ntimeout: 2\nmemlimit: 64\nn_input: 2\ntotal_value: 10\nrisultati: all\n"
    draft = read(
        {f"somme/{name}": text for name, text in task(manifest, **{
            "cor/correttore.cpp": "", "testo/testo.pdf": "%PDF", "sol/soluzione.cpp": 'freopen("input.txt")'
        }).items()}
    )  # fmt: skip
    assert (draft.title, draft.slug, draft.source) == ("Somme", "somme", "somme/task.yaml")
    assert [test.points for test in draft.tests] == [5.0, 5.0]
    assert (draft.checker.type, draft.checker.protocol) == (CheckerType.PROGRAM, CheckerProtocol.CMS)
    assert draft.limits.memory == 64 * 1024 * 1024
    assert [(s.language, s.format) for s in draft.material.statements] == [("it", "pdf")]
    assert (draft.setup.input_file, draft.setup.output_file) == ("input.txt", "output.txt")
    assert [r.expectations for r in draft.material.references] == [(Expectation(verdicts=RIGHT),)]


@pytest.mark.parametrize(
    "parameters",
    ["[[0, 1], [40, 2], [60, 1]]", "[{max_score: 0, testcases: 1}, [40, 2, x], {max_score: 60, testcases: 1}]"],
)
def test_subtasks_of_the_manifest(read: Read, parameters: str) -> None:
    draft = read(task(f"{TASK}score_type: GroupMin\nscore_type_parameters: {parameters}\n"))
    assert [(g.points, g.scoring) for g in draft.groups] == [(p, GroupScoring.MIN) for p in (0.0, 40.0, 60.0)]
    assert [t.group for t in draft.tests] == ["subtask1", "subtask2", "subtask2", "subtask3"]
    assert [t.sample for t in draft.tests] == [True, False, False, False]


def test_subtasks_of_the_manifest_by_patterns(read: Read) -> None:
    draft = read(task(f"{TASK}score_type: GroupMin\nscore_type_parameters: [[40, '00.*'], [60, '1.*']]\n"))
    assert (draft.groups, len(draft.tests)) == ((), 4)
    assert "more than points" in draft.warnings[0].message


def test_subtasks(read: Read) -> None:
    draft = read(task(**{"gen/GEN": GEN, "att/example.txt": "2 3\n"}))
    assert [(g.name, g.points, g.scoring) for g in draft.groups] == [
        ("subtask 1", 0.0, GroupScoring.MIN), ("subtask 2", 30.0, GroupScoring.MIN),
        ("subtask 3", 70.0, GroupScoring.MIN),
    ]  # fmt: skip
    assert [(t.group, t.sample, t.points) for t in draft.tests] == [
        ("subtask 1", True, None), ("subtask 2", False, None), ("subtask 2", False, None), ("subtask 3", False, None),
    ]  # fmt: skip
    assert draft.tests[3].extras.validator_arguments == ("3",)
    assert [file.name for file in draft.material.attachments] == ["example.txt"]


def test_tests_that_are_generated(read: Read) -> None:
    files = {
        "task.yaml": TASK, "gen/GEN": GEN, "att/example.txt": "2 3\n", "gen/generatore.py": "from lib import *\n",
        "gen/lib.py": "",
        "gen/valida.py": "", "gen/other.py": "", "sol/soluzione.cpp": "",
    }  # fmt: skip
    draft = read(files)
    assert [(name, data) for name, data, _ in pairs(draft)] == [
        ("000", b"2 3\n"), ("001", None), ("002", None), ("003", None),
    ]  # fmt: skip
    generation = draft.tests[1].generation
    assert generation is not None
    assert generation.arguments == ("10", "1")
    assert names(generation.program)[0] == "generatore.py"
    assert "lib.py" in names(generation.program)
    assert draft.solution is not None
    assert draft.solution.path == "sol/soluzione.cpp"
    assert [v.protocol for v in draft.material.validators] == [CheckerProtocol.CMS]


CASES = """
: GEN default gen/generator.py N seed
: GEN line gen/line.cpp
: VAL default gen/val.py $INPUT $ST_NUM
: CONSTRAINT 1 <= $N <= 1000
: SUBTASK 0 Examples
: COPY att/example.txt
: SUBTASK 40 All in line
: STNAME line
: GEN line
500 "a b" # comment
: SUBTASK 60 rest
1000 7
: RUN line 9
: NEWS 3
"""


def test_cases_gen(read: Read) -> None:
    files = {"gen/generator.py": "", "gen/line.cpp": "", "gen/val.py": "", "att/example.txt": "1\n"}
    draft = read({"task.yaml": TASK, "gen/cases.gen": CASES, "sol/solution.cpp": "", **files})
    assert [(g.name, g.points) for g in draft.groups] == [("Examples", 0.0), ("line", 40.0), ("rest", 60.0)]
    generations = [test.generation for test in draft.tests]
    assert [g and (g.program.path, g.arguments) for g in generations] == [
        None, ("gen/line.cpp", ("500", "a b")), ("gen/generator.py", ("1000", "7")), ("gen/line.cpp", ("9",)),
    ]  # fmt: skip
    assert [(w.message, w.line) for w in draft.warnings] == [("has the unknown command 'NEWS'", 15)]
    assert [v.program.path for v in draft.material.validators] == ["gen/val.py"]


def test_subtasks_with_names_and_remarks(read: Read) -> None:
    plan = "#ST: 20#small\n1\n#ST: 30\n#STNAME: middle\n2\n#ST:50 # large ones\n3\n4\n"
    assert [(g.name, g.points) for g in read(task(**{"gen/GEN": plan})).groups] == [
        ("small", 20.0), ("middle", 30.0), ("large ones", 50.0),
    ]  # fmt: skip


def test_marks_in_solutions(read: Read) -> None:
    sources = {
        "sol/solution.cpp": "// @check-accepted: *\n",
        "sol/slow.py": "#@check-accepted: subtask1 st2\n#@check-time-limit-exceeded: st3\n#@check-runtime-error: st3\n",
        "sol/odd.py": "# @check-wrong-answer: subtask?2\n",
        "sol/other_wa.cpp": "", "sol/grader.cpp": "", "sol/idea.cpp": "", "sol/mario_30pt.cpp": "",
        "sol/x.zig": "//@check-accepted: *",
    }  # fmt: skip
    draft = read(task(**{"gen/GEN": GEN, "att/example.txt": "", **sources}))
    found = {r.program.path: r for r in draft.material.references}
    groups = [Expectation(group=f"subtask {n}", every=RIGHT) for n in (1, 2, 3)]
    assert found["sol/solution.cpp"].expectations == (Expectation(verdicts=RIGHT), *groups)
    assert found["sol/solution.cpp"].sets_limit
    slow = frozenset({Verdict.TLE, Verdict.RTE, Verdict.MLE})
    assert found["sol/slow.py"].expectations == (
        Expectation(verdicts=slow | {Verdict.PA}), *groups[:2], Expectation(group="subtask 3", some=slow),
    )  # fmt: skip
    assert found["sol/odd.py"].expectations == (
        Expectation(group="subtask 2", some=frozenset({Verdict.WA, Verdict.PE})),
    )
    assert found["sol/other_wa.cpp"].expectations[0].verdicts == frozenset({Verdict.WA, Verdict.PE, Verdict.PA})
    points = found["sol/mario_30pt.cpp"].expectations[0]
    assert points.score == (30.0, 30.0)
    assert points.verdicts is not None
    assert Verdict.AC not in points.verdicts
    assert found["sol/x.zig"].skip == "the language Zig is not in the catalogue"
    assert not found.keys() & {"sol/idea.cpp", "sol/grader.cpp"}


def test_graders(read: Read) -> None:
    sources = {
        "sol/grader.cpp": "#ifdef EVAL\n#endif\n", "sol/grader.py": "import sums", "sol/grader.zig": "",
        "sol/sums.h": "x",
        "sol/solution.cpp": "",
    }  # fmt: skip
    draft = read(task(**sources))
    cpp, python, c = draft.setup.stubs
    assert (cpp.languages, cpp.main, cpp.prologue, cpp.submission) == (
        ("cpp17", "cpp20", "cpp23", "cpp14"), "grader.cpp", "#define EVAL 1\n", None,
    )  # fmt: skip
    assert [file.name for file in cpp.files] == ["grader.cpp", "sums.h"]
    assert (python.languages, python.main, python.submission) == (("python3", "pypy3"), "grader.py", "sums")
    assert (c.languages, c.files, c.prologue) == (("c17", "c11"), (), "#define EVAL 1\n")
    assert [(w.message, w.file) for w in draft.warnings] == [
        ("is for a language that the catalogue does not have", "sol/grader.zig")
    ]


@pytest.mark.parametrize("pipes", ["fifo_io", "std_io"])
def test_communication(read: Read, pipes: str) -> None:
    manifest = f"{TASK}num_processes: 2\nuser_io: {pipes}\n"
    files = {
        "input/input0.txt": "1\n",
        "check/manager.cpp": "",
        "check/lib.h": "",
        "sol/stub.cpp": "",
        "sol/sums.h": "",
    }
    draft = read({"task.yaml": manifest, **files})
    interaction = draft.setup.interaction
    assert interaction is not None
    assert (interaction.protocol, interaction.processes, interaction.judges) == (CheckerProtocol.CMS, 2, True)
    assert interaction.named_pipes is (pipes == "fifo_io")
    assert names(interaction.program) == ["manager.cpp", "lib.h"]
    assert pairs(draft) == [("000", b"1\n", b"")]
    assert [stub.main for stub in draft.setup.stubs] == ["stub.cpp"]


def test_output_only(read: Read) -> None:
    draft = read(task(f"{TASK}output_only: True\n", **{"sol/solution.cpp": "", "sol/grader.cpp": ""}))
    assert (draft.setup.output_only, draft.setup.stubs) == (True, ())
    assert "output-only" in draft.material.references[0].skip


@pytest.mark.parametrize("score_type", ["min", "sum", "max"])
def test_score_types(read: Read, score_type: str) -> None:
    draft = read(task(f"{TASK}score_type: {score_type}\n", **{"gen/GEN": GEN, "att/example.txt": ""}))
    assert {str(group.scoring) for group in draft.groups} == {score_type}


def test_a_grader_in_c_is_for_cpp_too(read: Read) -> None:
    (stub,) = read(task(**{"sol/grader.c": "", "sol/sums.pas": ""})).setup.stubs
    assert stub.languages == ("c17", "c11", "cpp17", "cpp20", "cpp23", "cpp14")


def test_the_tasks_own_name_is_that_of_right_solutions(read: Read) -> None:
    sources = dict.fromkeys(("sol/sums.pas", "sol/soluzione_c.c", "sol/template_cpp.cpp", "sol/lenta.cpp"), "")
    references = read(task(**sources)).material.references
    assert [(r.program.path, r.expectations) for r in references] == [
        ("sol/soluzione_c.c", (Expectation(verdicts=RIGHT),)), ("sol/sums.pas", (Expectation(verdicts=RIGHT),)),
    ]  # fmt: skip


def test_python_2_is_not_taken_for_python_3(read: Read) -> None:
    old = "#!/usr/bin/env python\nfrom sys import stderr\nprint >> stderr, 3\n"
    draft = read(task(**{"gen/valida.py": old, "sol/soluzione.py": "for i in xrange(3):\n  pass\n"}))
    assert [v.program.language for v in draft.material.validators] == ["python2"]
    assert draft.material.references[0].program.language == "python2"


def test_of_the_modules_beside_a_program_those_that_it_imports_come_with_it(read: Read) -> None:
    sources = {
        "gen/valida.py": "import sys, one\nfrom two.x import y\n",
        "gen/one.py": "import three\n",
        "gen/two.py": "",
    }
    draft = read(task(**sources, **{"gen/three.py": "", "gen/old.py": "print 1\n"}))
    assert names(draft.material.validators[0].program) == ["valida.py", "one.py", "two.py", "three.py"]


def test_a_checker_that_is_a_script(read: Read) -> None:
    draft = read(task(**{"check/checker": "#!/usr/bin/env python3\n"}))
    assert draft.checker.program is not None
    assert draft.checker.program.language == "python3"


def test_lines_from_other_systems(read: Read) -> None:
    draft = read(task(**{"input/input0.txt": "1\r\n2\r\n", "gen/GEN": "1\r\n2\r\n3\r\n4\r\n"}))
    assert content(draft, draft.tests[0].input) == b"1\n2\n"
    assert len(draft.tests) == 4


ELF = "\x7fELF"
MANY = "1\n" * 100_000
WRONG: Mapping[str, tuple[Files, str, str | None, int | None]] = {
    "compiled checker": (task(**{"check/checker": ELF}), "is a compiled checker", "check/checker", None),
    "compiled manager": (task(**{"cor/manager": ELF}), "is a compiled manager", "cor/manager", None),
    "checker in an unknown language": (
        task(**{"check/checker.zig": ""}), "is the checker, in Zig", "check/checker.zig", None,
    ),
    "no tests": ({"task.yaml": TASK, "sol/x.cpp": ""}, "the task has no tests", None, None),
    "no answers": (
        {"task.yaml": TASK, "input/input0.txt": ""}, "output/output0.txt is not in the package, nor", None, None,
    ),
    "no generator": ({"task.yaml": TASK, "gen/GEN": "\n1\n"}, "nor the source of a generator", "gen/GEN", 2),
    "climbing copy": (
        {"task.yaml": TASK, "gen/GEN": "#COPY: ../../etc/passwd"}, "copies '../../etc/passwd'", "gen/GEN", 1
    ),
    "tests before subtasks": (task(**{"gen/GEN": "1\n#ST: 3\n"}), "has tests before its first subtask", "gen/GEN", 2),
    "odd points": (
        {"task.yaml": TASK, "gen/cases.gen": ": SUBTASK 0%n x\n"}, "has a subtask without points", "gen/cases.gen", 1,
    ),
    "name of no file": (task('name: x\ninfile: "a\\0"\n'), "must be the name of a file", "task.yaml", 2),
    "subtask without points": (task(**{"gen/GEN": "#ST:\n"}), "has a subtask without points", "gen/GEN", 1),
    "subtask without tests": (task(**{"gen/GEN": "#ST: 5\n"}), "the task has no tests", None, None),
    "100,000 tests": (task(**{"gen/GEN": MANY}), "has more than 20000 tests", "gen/GEN", 20_001),
    "huge count": (task(f"{TASK}n_input: 1000000000\n"), "has more than 20000 tests", None, None),
    "huge number": (task(TASK.replace("1.5", "1e300")), "time_limit must be a number", "task.yaml", 3),
    "negative time": (task(TASK.replace("1.5", "-1")), "must be a number greater than 0", "task.yaml", 3),
    "processes": (
        task(f"{TASK}num_processes: 1000\n", **{"check/manager.cpp": ""}), "must be from 1 to 8", "task.yaml", 7
    ),
    "deep YAML": (task("name: " + "[" * 5000), "is n", "task.yaml", None),
}  # fmt: skip


@pytest.mark.parametrize(("files", "message", "file", "line"), WRONG.values(), ids=WRONG)
def test_wrong(read: Read, files: Files, message: str, file: str | None, line: int | None) -> None:
    said = rejected(read, files)
    assert message in said[0][0]
    assert said[0][1] == file
    assert line is None or said[0][2] == line


def test_a_manifest_that_is_still_to_be_made_complete(read: Read) -> None:
    files = {name.replace("task.yaml", "task.yaml.orig"): data for name, data in task().items()}
    assert len(read({f"apples/{name}": data for name, data in files.items()}).tests) == len(read(task()).tests)


def test_subtasks_that_hold_the_tests_of_others(read: Read) -> None:
    plan = "#ST: 30\n#STNAME: small\n1\n#ST: 70\n#STNAME: all\n#STDEP: small later\n2\n"
    draft = read({
        "task.yaml": TASK, "gen/GEN": plan, "gen/generator.cpp": "", "sol/solution.cpp": "",
        "sol/a.cpp": "// @check-wrong-answer: small all\n",
        "sol/b.cpp": "// @check-accepted: small\n// @check-zero: all\n",
    })  # fmt: skip
    assert [(group.name, group.depends_on) for group in draft.groups] == [("small", ()), ("all", ("small",))]
    assert any("'later'" in warning.message for warning in draft.warnings)
    found = {r.program.path: [e.group for e in r.expectations] for r in draft.material.references}
    assert found["sol/a.cpp"] == [None, "small"]
    assert found["sol/b.cpp"] == [None, "small", "all"]


def test_settings_lie_beside_the_programs_that_read_them(read: Read) -> None:
    draft = read(task(**{"gen/valida.py": "", "gen/limits.yaml": "a: 1", "gen/large.txt": "x" * 300_000}))
    assert names(draft.material.validators[0].program) == ["valida.py", "limits.yaml"]


def test_graders_and_pascal_see_eval_as_well(read: Read) -> None:
    grader = '#ifdef EVAL\nFILE *f = fopen("input.txt", "r");\n#endif\n'
    pascal = "{$ifdef EVAL}\nassign(f, 'input.txt');\n{$endif}\n"
    draft = read(task(**{"sol/grader.c": grader, "sol/grader.pas": pascal, "sol/other.py": ""}))
    stubs = {language: stub for stub in draft.setup.stubs for language in stub.languages}
    assert content(draft, stubs[LanguageId("cpp17")].files[0].content) == f"#define EVAL 1\n#line 1\n{grader}".encode()
    assert content(draft, stubs[LanguageId("pascal")].files[0].content) == b"{$define EVAL}" + pascal.encode()
    assert (stubs[LanguageId("c17")].prologue, stubs[LanguageId("pascal")].prologue) == (
        "#define EVAL 1\n", "{$define EVAL}",
    )  # fmt: skip
    library = read(task(**{"sol/grader.pas": "uses library;", "sol/appleslib.pas": pascal})).setup.stubs[0].files[1]
    assert library.name == "appleslib.pas"
    assert library.content.size == len(b"{$define EVAL}" + pascal.encode())
    alone = read(task(**{"sol/solution.pas": pascal})).setup.stubs
    assert [(stub.languages, stub.prologue) for stub in alone] == [((LanguageId("pascal"),), "{$define EVAL}")]
