"""What is said of a package, for programs and for people."""

import io
import json
from datetime import timedelta

from rich.console import Console

from domain.languages.entities import LanguageId
from domain.problems.entities import Complaint
from domain.problems.proof import Proof, ReferenceProof, Skipped, TimeLimits
from domain.verdicts import Verdict
from infrastructure.cli.problems.package_report import PackageReport
from infrastructure.cli.problems.report_tables import report_view, summary_line, summary_table
from infrastructure.cli.problems.time_plot import BEYOND, LONGEST_BAR, time_plot

PROOF = Proof(
    complaints=(Complaint("expected AC, got WA", "sub/a.cpp"), Complaint("bad", "problem.yaml", 3), Complaint("all")),
    warnings=(Complaint("odd", "x"),),
    references=(
        ReferenceProof(
            path="sub/a.cpp", language=LanguageId("cpp17"), expected=("AC",), verdict=Verdict.WA, score=0.0,
            cpu_time=timedelta(milliseconds=500), ok=False, message="expected AC, got WA",
        ),
        ReferenceProof(
            path="sub/[slow].py", language=LanguageId("python3"), expected=("TLE", "RTE"), verdict=Verdict.TLE,
            score=0.0, cpu_time=timedelta(seconds=9), ok=True, too_close=True,
        ),
        ReferenceProof(
            path="sub/c.c", language=None, expected=(), verdict=Verdict.CE, score=0.0, cpu_time=None, ok=True,
        ),
    ),
    skipped=(Skipped("sub/x.cob", "COBOL is not known"),),
    times=TimeLimits(
        limit=timedelta(seconds=2), proposed=timedelta(seconds=3), slowest_accepted=timedelta(seconds=0.5),
        fastest_slow=timedelta(seconds=9),
    ),
)  # fmt: skip


def test_the_line_for_programs() -> None:
    line = PackageReport.of("./a b", "kattis", PROOF).as_json()
    assert "\n" not in line
    assert ": " not in line.replace("sub/a.cpp: ", "").replace("problem.yaml:3: ", "")
    assert json.loads(line) == {
        "package": "./a b",
        "format": "kattis",
        "accepted": False,
        "timeLimit": 2.0,
        "complaints": ["sub/a.cpp: expected AC, got WA", "problem.yaml:3: bad", "all"],
        "submissions": [
            {"path": "sub/a.cpp", "language": "cpp17", "expected": ["AC"], "verdict": "WA", "score": 0.0,
             "cpuTime": 0.5, "ok": False, "tooClose": False},
            {"path": "sub/[slow].py", "language": "python3", "expected": ["TLE", "RTE"], "verdict": "TLE", "score": 0.0,
             "cpuTime": 9.0, "ok": True, "tooClose": True},
            {"path": "sub/c.c", "language": None, "expected": [], "verdict": "CE", "score": 0.0,
             "cpuTime": None, "ok": True, "tooClose": False},
        ],
        "skipped": [{"path": "sub/x.cob", "reason": "COBOL is not known"}],
    }  # fmt: skip


def test_a_package_that_cannot_be_read_has_the_same_keys() -> None:
    unread = json.loads(PackageReport.rejected("x", Complaint("no")).as_json())
    assert unread.keys() == json.loads(PackageReport.of("x", "kattis", PROOF).as_json()).keys()
    assert (unread["accepted"], unread["complaints"], unread["submissions"]) == (False, ["no"], [])


def test_for_people() -> None:
    shown = io.StringIO()
    console = Console(file=shown, width=160)
    report = PackageReport.of("a", "kattis", PROOF)
    console.print(report_view(report, 160))
    console.print(summary_table([report, report]))
    for part in (
        "sub/[slow].py",
        "TLE RTE",
        "too close",
        "COBOL is not known",
        "problem.yaml:3: bad",
        "time limit 2 s",
    ):
        assert part in shown.getvalue()
    assert "2 packages: 0 accepted, 2 rejected; 4 of 6 submissions as expected" in summary_line([report, report])


def test_bars_are_as_long_as_the_times() -> None:
    plot = time_plot(PackageReport.of("a", "kattis", PROOF), 160)
    assert plot is not None
    quick, slow = plot.plain.splitlines()[1:3]
    assert quick.count("█") == round(LONGEST_BAR / BEYOND * 0.25)
    assert quick.index("│") == slow.index("│")
    assert slow.count("█") == LONGEST_BAR - 1
    assert "▸" in slow
    assert "4.0 times into the limit" in plot.plain
    assert time_plot(PackageReport.rejected("a", Complaint("no")), 80) is None
