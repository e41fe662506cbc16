"""An import as the API shows it, in the words of the command line. Keys that a service does not have are left out."""

from collections.abc import Mapping
from typing import Any

from domain.problems.entities import Complaint
from infrastructure.cli.problems.package_report import Inner, PackageReport, SubmissionRow, complaint_text, same


def progress_of(found: Mapping[str, Any]) -> tuple[str, int, int | None]:
    """What is being done, how much is done, of how much."""
    progress = found.get("progress") or {}
    what = f"{progress.get('step') or found['status']} {progress.get('detail') or ''}".strip()
    return what, int(progress.get("done") or 0), progress.get("total")


def report_of(package: str, found: Mapping[str, Any], inner: Inner = same) -> PackageReport:
    """Of an import that has ended; ``inner`` makes files be called as the user knows them."""
    report = found.get("report") or {}
    return PackageReport(
        package=package,
        format=found.get("format"),
        accepted=found["status"] == "accepted",
        time_limit=report.get("timeLimit"),
        proposed_limit=report.get("proposedTimeLimit"),
        slowest_accepted=report.get("slowestAccepted"),
        fastest_slow=report.get("fastestSlow"),
        complaints=_texts(found.get("complaints"), inner),
        warnings=_texts(report.get("warnings") or found.get("warnings"), inner),
        submissions=tuple(map(_row, report.get("submissions") or ())),
        skipped=tuple((skipped["path"], skipped["reason"]) for skipped in report.get("skipped") or ()),
    )


def _row(found: Mapping[str, Any]) -> SubmissionRow:
    return SubmissionRow(
        path=found["path"],
        language=found.get("language"),
        expected=tuple(found.get("expected") or ()),
        verdict=found["verdict"],
        score=found.get("score") or 0.0,
        cpu_time=found.get("cpuTime"),
        ok=found["ok"],
        too_close=found.get("tooClose", False),
        message=found.get("message") or "",
    )


def _texts(complaints: Any, inner: Inner) -> tuple[str, ...]:
    found = (Complaint(c["message"], c.get("file"), c.get("line")) for c in complaints or ())
    return tuple(complaint_text(inner(complaint)) for complaint in found)
