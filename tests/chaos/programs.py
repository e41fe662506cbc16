"""What is sent in, and the verdict that is right for it."""

import io
import zipfile
from dataclasses import dataclass

SUM_TESTS = [{"input": f"{n} {n + 1}\n", "output": f"{2 * n + 1}\n"} for n in range(3)]
C_SUM = '#include <stdio.h>\nint main(void) {{ int a, b; scanf("%d %d", &a, &b); printf("%d\\n", a + b{0}); }}\n'
MANY = "\n".join(
    f"int f{n}(int *a) {{ for (int i = 0; i < 99; i++) a[i] += a[(i * {n}) % 7] * {n}; return a[{n} % 99]; }}"
    for n in range(150)
)
SLOW_CHECK = "slow-check"
VALIDATOR = """import sys, time
time.sleep(0.4)
sys.exit(42 if sys.stdin.read().split() == open(sys.argv[2]).read().split() else 43)
"""
ECHO = "print(input())\n"


@dataclass(frozen=True, slots=True)
class Program:
    """A kind of submission. ``weight``: how often it comes; ``tests`` of the problem where it names one."""

    name: str
    language: str
    source: str
    verdict: str
    weight: int
    problem: str = ""
    tests: int = len(SUM_TESTS)

    def body(self) -> dict[str, object]:
        """Of POST /submissions."""
        file = "main.c" if self.language == "c11" else "main.py"
        what: dict[str, object] = {"problem": self.problem} if self.problem else {"tests": SUM_TESTS}
        sources = [{"name": file, "content": self.source}]
        return {"language": self.language, "sources": sources, "metadata": {"kind": self.name}} | what


PROGRAMS = (
    Program("c", "c11", C_SUM.format(""), "AC", 5),
    Program("c-wrong", "c11", C_SUM.format(" + 1"), "WA", 2),
    Program("c-broken", "c11", "int main(void) { return x; }\n", "CE", 2),
    Program("c-long", "c11", MANY + "\n" + C_SUM.format(""), "AC", 1),
    Program("python", "python3", "print(sum(map(int, input().split())))\n", "AC", 5),
    Program("python-crash", "python3", "raise SystemExit(3)\n", "RTE", 2),
    Program(
        "python-sleep", "python3", "import time\ntime.sleep(0.3)\nprint(sum(map(int, input().split())))\n", "AC", 1
    ),
    Program("checked", "python3", ECHO, "AC", 1, SLOW_CHECK, tests=1),
)
BY_NAME = {program.name: program for program in PROGRAMS}


def slow_check_package() -> bytes:
    """A Kattis package whose validator takes its time, so that a worker can be killed while it checks."""
    files = {
        "problem.yaml": "name: Slow check\nvalidation: custom\nlimits:\n  time_multiplier: 5\n",
        "data/secret/1.in": "7\n",
        "data/secret/1.ans": "7\n",
        "output_validators/check/check.py": VALIDATOR,
        "input_validators/any.py": "import sys\nsys.exit(42)\n",
        "submissions/accepted/echo.py": ECHO,
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{SLOW_CHECK}/{name}", text)
    return packed.getvalue()
