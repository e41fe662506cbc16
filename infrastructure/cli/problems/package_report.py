import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from domain.problems.entities import Complaint
from domain.problems.proof import Proof

Inner = Callable[[Complaint], Complaint]


def same(complaint: Complaint) -> Complaint:
    """Complaints whose files are called as the user knows them already."""
    return complaint


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionRow:
    """One reference submission that was judged. ``cpu_time``: seconds of its slowest test; None: nothing ran.

    ``expected`` are verdicts; ``message`` says why it is not ``ok``.
    """

    path: str
    language: str | None
    expected: tuple[str, ...]
    verdict: str
    score: float
    cpu_time: float | None
    ok: bool
    too_close: bool
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageReport:
    """What a package has shown of itself. ``package`` is as the user named it. Times are seconds."""

    package: str
    format: str | None = None
    accepted: bool = False
    time_limit: float | None = None
    proposed_limit: float | None = None
    slowest_accepted: float | None = None
    fastest_slow: float | None = None
    complaints: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    submissions: tuple[SubmissionRow, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()

    @classmethod
    def rejected(cls, package: str, *complaints: Complaint) -> Self:
        """Of a package that could not even be read."""
        return cls(package=package, complaints=tuple(map(complaint_text, complaints)))

    @classmethod
    def of(cls, package: str, format_: str, proof: Proof, inner: Inner = same) -> Self:
        """From what was found on this machine; ``inner`` makes files be called as the user knows them."""
        times = proof.times
        return cls(
            package=package,
            format=format_,
            accepted=proof.accepted,
            time_limit=times.limit.total_seconds(),
            proposed_limit=_seconds(times.proposed),
            slowest_accepted=_seconds(times.slowest_accepted),
            fastest_slow=_seconds(times.fastest_slow),
            complaints=tuple(complaint_text(inner(complaint)) for complaint in proof.complaints),
            warnings=tuple(complaint_text(inner(warning)) for warning in proof.warnings),
            submissions=tuple(
                SubmissionRow(
                    path=reference.path,
                    language=reference.language,
                    expected=tuple(map(str, reference.expected)),
                    verdict=str(reference.verdict),
                    score=reference.score,
                    cpu_time=_seconds(reference.cpu_time),
                    ok=reference.ok,
                    too_close=reference.too_close,
                    message=reference.message,
                )
                for reference in proof.references
            ),
            skipped=tuple((skipped.path, skipped.reason) for skipped in proof.skipped),
        )

    def as_json(self) -> str:
        """One compact line."""
        document: dict[str, Any] = {
            "package": self.package,
            "format": self.format,
            "accepted": self.accepted,
            "timeLimit": self.time_limit,
            "complaints": list(self.complaints),
            "submissions": [
                {
                    "path": row.path,
                    "language": row.language,
                    "expected": list(row.expected),
                    "verdict": row.verdict,
                    "score": row.score,
                    "cpuTime": row.cpu_time,
                    "ok": row.ok,
                    "tooClose": row.too_close,
                }
                for row in self.submissions
            ],
            "skipped": [{"path": path, "reason": reason} for path, reason in self.skipped],
        }
        return json.dumps(document, separators=(",", ":"))


def complaint_text(complaint: Complaint) -> str:
    """``file:line: message``, as far as file and line are known."""
    if complaint.file is None:
        return complaint.message
    line = "" if complaint.line is None else f":{complaint.line}"
    return f"{complaint.file}{line}: {complaint.message}"


def _seconds(time: timedelta | None) -> float | None:
    return None if time is None else time.total_seconds()
