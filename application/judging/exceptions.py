"""What a problem's own programs do wrong."""


class SetterProgramBroken(Exception):
    """It cannot be built here, or broke its contract while it ran: the problem's fault (or this worker's, which lacks
    its language), never the contestant's. Its test is a judge error with this as the cause; nothing is tried again.

    ``path`` is where the program stands in the package.
    """

    def __init__(self, path: str, message: str) -> None:
        super().__init__(path, message)
        self.path, self.message = path, message

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"
