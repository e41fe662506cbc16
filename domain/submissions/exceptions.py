from dataclasses import dataclass

from domain.exceptions import Conflict, Forbidden, NotFound, ProbaError


class SubmissionNotFound(NotFound):
    """No such submission, or the key may not know of it."""

    def __init__(self, submission_id: str) -> None:
        super().__init__("submission", submission_id)


class JobNotFound(NotFound):
    """The submission has no job of this number."""

    def __init__(self, number: str) -> None:
        super().__init__("job", number)


@dataclass(eq=False)
class SubmissionFinished(Conflict):
    """It has its verdict: there is nothing to cancel."""

    submission_id: str

    def __str__(self) -> str:
        return f"the submission {self.submission_id} has finished: there is nothing to cancel"


@dataclass(eq=False)
class SubmissionNotFinished(Conflict):
    """It is being judged: it cannot be judged again meanwhile."""

    submission_id: str

    def __str__(self) -> str:
        return f"the submission {self.submission_id} is still being judged: wait for its end, or cancel it first"


class RejudgeNotFound(NotFound):
    """No such rejudge, or it is another key's."""

    def __init__(self, rejudge_id: str) -> None:
        super().__init__("rejudge", rejudge_id)


@dataclass(eq=False)
class NotYourSubmission(Forbidden):
    """The key may see the submission, but not do this to it."""

    submission_id: str
    who_may: str

    def __str__(self) -> str:
        return f"this key may not do that to the submission {self.submission_id}: {self.who_may}"


class LeaseLost(ProbaError):
    """The job now belongs to another attempt: what this one did is dropped."""
