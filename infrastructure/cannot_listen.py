class CannotListen(Exception):
    """The address is taken, or not ours; ``settings``: those that name it."""

    def __init__(self, host: str, port: int, reason: str, settings: str) -> None:
        super().__init__(host, port, reason, settings)
        self.host, self.port, self.reason, self.settings = host, port, reason, settings

    def __str__(self) -> str:
        return f"cannot listen on {self.host}:{self.port}: {self.reason}; set {self.settings}"
