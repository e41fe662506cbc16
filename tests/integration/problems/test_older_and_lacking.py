"""Reference submissions that another compiler took, and that need what is not here."""

from dataclasses import replace
from datetime import timedelta

from dishka import AsyncContainer

from domain.problems.entities import CheckerSpec
from domain.problems.enums import CheckerProtocol, CheckerType
from domain.problems.material import TimeRule
from domain.verdicts import Verdict
from tests.integration.problems.test_proving import DOUBLE, RIGHT, WRONG, Package, prove, rows

OLDER = """
#include <iostream>
using namespace std;
int data[1];
int main() { char line[9]; gets(line); data[0] = 2; cout << data[0] * atoi(line) + strlen("") << endl; }
"""
NAMES = "#include <bits/stdc++.h>\nusing namespace std;\nint size;\nint main() { cin >> size; cout << 2 * size; }\n"
OLDER_CHECKER = """
#include <fstream>
#include <iostream>
int main(int, char **arguments) {
    std::ifstream answer(arguments[2]);
    char one[9], other[9];
    answer >> one; std::cin >> other;
    return strcmp(one, other) ? 43 : 42;
}
"""
SLOW_IN_CPYTHON = "n = int(input())\nfor i in range(6_000_000): pass\nprint(2 * n)\n"


async def test_older_cpp_compiles(worker: AsyncContainer) -> None:
    package = Package()
    package.reference("accepted/older.cpp", OLDER, RIGHT, "cpp20")
    package.reference("accepted/names.cpp", NAMES, RIGHT, "cpp20")
    package.reference("accepted/broken.cpp", "int main() { return not_there; }", RIGHT, "cpp20")
    proved = await prove(worker, package.draft())
    assert rows(proved) == {
        "accepted/older.cpp": (Verdict.AC, True), "accepted/names.cpp": (Verdict.AC, True),
        "accepted/broken.cpp": (Verdict.CE, False),
    }  # fmt: skip
    assert [reference.language for reference in proved.proof.references] == ["cpp14", "cpp14", "cpp20"]


async def test_an_older_checker_compiles(worker: AsyncContainer) -> None:
    package = Package()
    package.reference("accepted/a.py", DOUBLE, RIGHT)
    package.reference("wrong_answer/w.py", "print(1)", WRONG)
    checker = CheckerSpec(
        type=CheckerType.PROGRAM,
        program=package.program("v.cpp", OLDER_CHECKER, "cpp20"),
        protocol=CheckerProtocol.ICPC,
    )
    assert (await prove(worker, replace(package.draft(), checker=checker))).proof.accepted


async def test_what_needs_a_library_that_is_not_here_is_skipped(worker: AsyncContainer) -> None:
    package = Package()
    package.reference("accepted/a.py", DOUBLE, RIGHT)
    package.reference("accepted/library.py", f"import no_such_library.at_all\n{DOUBLE}", RIGHT)
    package.reference("accepted/header.cpp", "#include <no/such.h>\nint main() {}", RIGHT, "cpp20")
    package.reference("accepted/crash.py", "raise ValueError('No module named x')", RIGHT)
    proved = await prove(worker, package.draft())
    assert rows(proved) == {"accepted/a.py": (Verdict.AC, True), "accepted/crash.py": (Verdict.RTE, False)}
    assert [(skipped.path, skipped.reason.partition(",")[0]) for skipped in proved.proof.skipped] == [
        ("accepted/library.py", "it needs no_such_library"), ("accepted/header.cpp", "it needs no/such.h"),
    ]  # fmt: skip


async def test_python_that_would_raise_the_limit_is_run_by_pypy(worker: AsyncContainer) -> None:
    package = Package()
    package.reference("accepted/slow.py", SLOW_IN_CPYTHON, RIGHT)
    rule = TimeRule(multiplier=100, resolution=timedelta(seconds=1), least=timedelta(seconds=1))
    proved = await prove(worker, package.draft(count=1, limit=None, rule=rule))
    assert proved.proof.accepted
    assert [reference.language for reference in proved.proof.references] == ["pypy3"]
