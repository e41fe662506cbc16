from enum import StrEnum


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
