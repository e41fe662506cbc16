from domain.exceptions import NotFound, ProbaError


class SubmissionNotFound(NotFound):
    """No such submission, or the key may not know of it."""

    def __init__(self, submission_id: str) -> None:
        super().__init__("submission", submission_id)


class JobNotFound(NotFound):
    """The submission has no job of this number."""

    def __init__(self, number: str) -> None:
        super().__init__("job", number)


class LeaseLost(ProbaError):
    """The job now belongs to another attempt: what this one did is dropped."""
