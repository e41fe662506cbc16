"""What a reader says of a package."""

from dataclasses import dataclass, field, replace

from application.problems.packages import PackageRejected, ProblemDraft
from domain.problems.entities import Complaint

_MOST = 50


@dataclass(slots=True)
class Remarks:
    """``complaints`` reject the package, ``warnings`` do not; of each the first fifty are told."""

    complaints: list[Complaint] = field(default_factory=list)
    warnings: list[Complaint] = field(default_factory=list)

    def complain(self, message: str, file: str | None = None, line: int | None = None) -> None:
        """The package cannot be taken."""
        self.complaints.append(Complaint(message, file, line))

    def warn(self, message: str, file: str | None = None, line: int | None = None) -> None:
        """Something looks wrong, or is left out."""
        self.warnings.append(Complaint(message, file, line))

    def told_warnings(self) -> tuple[Complaint, ...]:
        """For the draft: each once."""
        told = list(dict.fromkeys(map(_printable, self.warnings)))
        more = (Complaint(f"there are {len(told) - _MOST} more warnings"),) if len(told) > _MOST else ()
        return (*told[:_MOST], *more)

    def check(self, draft: ProblemDraft | None = None) -> None:
        """Raises PackageRejected with the complaints, if there are any, and what could be read all the same."""
        if self.complaints:
            whole = draft if draft is not None and draft.tests else None
            raise PackageRejected(*map(_printable, self.complaints[:_MOST]), draft=whole)


def _printable(remark: Complaint) -> Complaint:
    """What a stranger has put into a name may be anything."""
    text = remark.message
    if text.isprintable():
        return remark
    return replace(remark, message="".join(c if c.isprintable() else ascii(c)[1:-1] for c in text))
