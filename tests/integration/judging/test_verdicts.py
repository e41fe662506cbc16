"""Real programs, compiled and run in the real sandbox, seen through the HTTP interface."""

from typing import Any

import pytest

from tests.integration.judging.conftest import C_SUM, Judge

MIB = 1024 * 1024
JAVA_SUM = (
    "import java.util.*; public class Solution { public static void main(String[] a) {"
    " Scanner s = new Scanner(System.in); System.out.println(s.nextInt() + s.nextInt()); } }"
)
JAVA_HUNGRY = (
    "import java.util.*; public class Main { public static void main(String[] a) {"
    " List<int[]> l = new ArrayList<>(); while (true) l.add(new int[1 << 20]); } }"
)
FAST = {"cpuTime": 0.3, "memory": 64 * MIB, "output": 1 * MIB}


def verdicts(shown: dict[str, Any]) -> list[str]:
    return [test["verdict"] for test in shown["tests"]]


async def test_a_right_program(judge: Judge) -> None:
    shown = await judge.judge(C_SUM, limits=FAST)
    assert (shown["status"], shown["verdict"], shown["score"], shown["maxScore"]) == ("finished", "AC", 1.0, 1.0)
    assert verdicts(shown) == ["AC", "AC", "AC"]
    assert [test["name"] for test in shown["tests"]] == ["1", "2", "3"]
    assert shown["compile"]["exitCode"] == 0
    assert shown["message"] == ""
    first = shown["tests"][0]
    assert first["stdout"] == "3\n"
    assert first["exitCode"] == 0
    assert first["signal"] is None
    assert 0 < first["memory"] < 64 * MIB
    assert 0 <= first["cpuTime"] <= 0.3
    assert 0 < first["margin"] <= 1
    assert len(first["runs"]) == 1
    assert shown["limits"]["cpuTime"] == 0.3
    assert shown["limits"]["wallTime"] == pytest.approx(1.6)
    assert shown["isolation"].startswith("namespaces")
    assert shown["attempt"] == 1
    assert shown["createdAt"] <= shown["startedAt"] <= shown["finishedAt"]


@pytest.mark.parametrize(
    ("body", "verdict", "message"),
    [
        ('puts("7");', "WA", "wrong answer"),
        ("for (;;) {}", "TLE", "cpu time limit exceeded"),
        ("sleep(20);", "TLE", "wall time limit exceeded"),
        ("for (;;) { char *p = malloc(1 << 20); if (p) memset(p, 1, 1 << 20); }", "MLE", "memory limit exceeded"),
        ('for (;;) puts("flood");', "OLE", "output limit exceeded"),
        ("return 3;", "RTE", "exited with code 3"),
        ("*(volatile int *)0 = 1;", "RTE", "signal 11 (SIGSEGV"),
        ("abort();", "RTE", "signal 6 (SIGABRT"),
    ],
)
async def test_what_can_be_wrong_in_c(judge: Judge, body: str, verdict: str, message: str) -> None:
    headers = "".join(f"#include <{name}.h>\n" for name in ("stdio", "stdlib", "string", "unistd"))
    source = f"{headers}int main(void) {{ {body} return 0; }}\n"
    shown = await judge.judge(source, limits=FAST)
    assert (shown["verdict"], verdicts(shown)) == (verdict, [verdict, "SK", "SK"])
    assert message in shown["message"]
    assert shown["message"].startswith("test 1: ")
    assert shown["score"] == 0.0


@pytest.mark.parametrize(
    ("language", "source", "verdict"),
    [
        ("python3", "a, b = map(int, input().split())\nprint(a + b)\n", "AC"),
        ("python3", "while True: pass\n", "TLE"),
        ("python3", "x = [0] * 10**10\n", "MLE"),
        ("python3", "x = []\nwhile True: x.append(' ' * 10**6)\n", "MLE"),
        ("python3", "print(\n", "CE"),
        ("python3", "1 / 0\n", "RTE"),
        ("cpp17", "#include <iostream>\nint main() { long a, b; std::cin >> a >> b; std::cout << a + b; }", "AC"),
        ("cpp17", "#include <vector>\nint main() { std::vector<char> v(1L << 40, 1); return v[5]; }", "MLE"),
        ("cpp17", '#include <stdexcept>\nint main() { throw std::runtime_error("x"); }', "RTE"),
        (
            "java",
            JAVA_SUM,
            "AC",
        ),
        (
            "java",
            JAVA_HUNGRY,
            "MLE",
        ),
        ("java", "public class Main { public static void main(String[] a) { throw new RuntimeException(); } }", "RTE"),
        ("java", "public class Main { int }", "CE"),
    ],
)
async def test_other_languages(judge: Judge, language: str, source: str, verdict: str) -> None:
    shown = await judge.judge(source, language, limits={"cpuTime": 1.0, "memory": 128 * MIB})
    assert shown["verdict"] == verdict, shown["message"]


async def test_what_does_not_compile(judge: Judge) -> None:
    shown = await judge.judge("int main(void) { return x; }\n")
    assert (shown["verdict"], verdicts(shown)) == ("CE", ["SK", "SK", "SK"])
    assert shown["compile"]["exitCode"] == 1
    assert "main.c" in shown["compile"]["output"]
    assert shown["message"].startswith("compile error: the compiler exited with code 1")


async def test_warnings_are_no_errors(judge: Judge) -> None:
    source = 'int main(void) { int unused; int x = "s"; return 0; }\n'
    shown = await judge.judge(source, tests=[{"input": "", "output": ""}])
    assert shown["verdict"] == "AC"
    assert "warning" in shown["compile"]["output"]


@pytest.mark.parametrize(
    "source",
    [
        '#include "/dev/zero"\n',
        "#define A(x) x x x x x x x x\n#define B(x) A(A(A(A(x))))\nint a[] = { B(B(B(1,))) };\nint main(void) {}\n",
        "int a[1L << 40] = {1};\nint main(void) { return a[0]; }\n",
    ],
)
async def test_a_compiler_that_is_attacked_is_a_compile_error(judge: Judge, source: str) -> None:
    shown = await judge.judge(source)
    assert shown["verdict"] == "CE", shown
    assert (await judge.judge(C_SUM))["verdict"] == "AC"


async def test_secrets_cannot_be_included(judge: Judge) -> None:
    shown = await judge.judge('#include "/etc/shadow"\nint main(void) { return 0; }\n')
    assert shown["verdict"] == "CE"
    assert "root:" not in shown["compile"]["output"]
    assert "No such file" in shown["compile"]["output"]


async def test_stop_on_failure_off_runs_everything(judge: Judge) -> None:
    source = C_SUM.replace("a + b", "a + b == 3 ? 4 : a + b")
    shown = await judge.judge(source, stopOnFailure=False)
    assert (shown["verdict"], verdicts(shown)) == ("WA", ["WA", "AC", "AC"])
    assert shown["message"] == "test 1: wrong answer: " + shown["tests"][0]["message"].partition(": ")[2]
    assert "3" in shown["tests"][0]["message"]


async def test_points_in_groups(judge: Judge) -> None:
    tests = [
        {"name": "s", "group": "sample", "sample": True, "input": "1 1", "output": "2"},
        {"name": "a1", "group": "a", "input": "1 2", "output": "3"},
        {"name": "a2", "group": "a", "input": "2 2", "output": "999"},
        {"name": "b1", "group": "b", "input": "2 3", "output": "5"},
        {"name": "c1", "group": "c", "input": "2 3", "output": "5"},
    ]
    groups = [
        {"name": "sample", "points": 0},
        {"name": "a", "points": 30, "scoring": "min"},
        {"name": "b", "points": 70, "scoring": "sum"},
        {"name": "c", "points": 5, "dependsOn": ["a"]},
    ]
    shown = await judge.judge(C_SUM, tests=tests, groups=groups, scoring="points")
    assert (shown["verdict"], shown["score"], shown["maxScore"]) == ("WA", 70.0, 105.0)
    assert verdicts(shown) == ["AC", "AC", "WA", "AC", "SK"]
    assert {g["name"]: g["score"] for g in shown["groups"]} == {"sample": 0.0, "a": 0.0, "b": 70.0, "c": 0.0}


async def test_hidden_tests_tell_nothing_to_strangers(judge: Judge) -> None:
    tests = [
        {"name": "sample", "sample": True, "input": "1 2", "output": "3"},
        {"name": "hidden", "input": "5 5", "output": "10"},
    ]
    answer = await judge.client.put("/api/v1/problems/hidden-tests", json={"tests": tests})
    assert answer.status_code == 201, answer.text
    stranger = (await judge.client.post("/api/v1/keys", json={"name": "stranger", "scopes": ["submit"]})).json()
    body = {
        "problem": "hidden-tests",
        "language": "c11",
        "sources": [{"name": "main.c", "content": C_SUM.replace("a + b", "a == 5 ? 11 : a + b")}],
    }
    headers = {"Authorization": f"Bearer {stranger['key' if 'key' in stranger else 'secret']}"}
    sent = await judge.client.post("/api/v1/submissions", json=body, headers=headers)
    assert sent.status_code == 201, sent.text
    await judge.work()
    address = f"/api/v1/submissions/{sent.json()['id']}"
    theirs = (await judge.client.get(address, headers=headers)).json()
    assert theirs["message"] == "test hidden: wrong answer"
    assert [t["stdout"] for t in theirs["tests"]] == ["3\n", None]
    assert theirs["tests"][1]["message"] == "wrong answer"
    authors = (await judge.client.get(address)).json()
    assert authors["tests"][1]["stdout"] == "11\n"
    assert "10" in authors["tests"][1]["message"]


async def test_a_run_just_over_its_cpu_limit_is_repeated(judge: Judge) -> None:
    source = (
        "#include <time.h>\n#include <stdio.h>\nint main(void) { while (clock() < 0.115 * CLOCKS_PER_SEC) {}"
        ' puts("1"); return 0; }\n'
    )
    shown = await judge.judge(source, limits={"cpuTime": 0.1}, tests=[{"input": "", "output": "1"}])
    assert shown["verdict"] == "TLE"
    assert len(shown["tests"][0]["runs"]) == 2
    assert shown["tests"][0]["margin"] < 0


async def test_bytes_that_are_no_text(judge: Judge) -> None:
    source = '#include <stdio.h>\nint main(void) { fwrite("a\\0\\xff\\xfez", 1, 5, stdout); return 0; }\n'
    shown = await judge.judge(source, tests=[{"input": "", "output": "az"}])
    assert shown["verdict"] == "WA"
    assert shown["tests"][0]["stdout"] == "a\ufffd\ufffd\ufffdz"


async def test_several_sources(judge: Judge) -> None:
    body = {
        "language": "c11",
        "sources": [
            {
                "name": "main.c",
                "content": '#include "twice.h"\n#include <stdio.h>\nint main(void) { printf("%d", twice(21)); }',
            },
            {"name": "twice.h", "content": "int twice(int);"},
            {"name": "twice.c", "content": "int twice(int x) { return 2 * x; }"},
        ],
        "tests": [{"input": "", "output": "42"}],
    }
    answer = await judge.client.post("/api/v1/submissions", json=body)
    await judge.work()
    assert (await judge.show(answer.json()["id"]))["verdict"] == "AC"
