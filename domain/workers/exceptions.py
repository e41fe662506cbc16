from domain.exceptions import NotFound


class WorkerNotFound(NotFound):
    """No such worker lives."""

    def __init__(self, worker: str) -> None:
        super().__init__("worker", worker)
