from enum import StrEnum


class RevisionChoice(StrEnum):
    """What a rejudge judges by: the problem's revision in force, or the one that judged the submission before."""

    NEWEST = "newest"
    SAME = "same"


class JobStatus(StrEnum):
    """Where a test job stands; CANCELLED and FINISHED are final."""

    QUEUED = "queued"
    COMPILING = "compiling"
    TESTING = "testing"
    FINISHED = "finished"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing will change any more."""
        return self in (JobStatus.FINISHED, JobStatus.CANCELLED)
