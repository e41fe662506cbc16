from infrastructure.config import Config


def require_sandbox(config: Config) -> None:
    """Raises HostCannot when this machine refuses what the sandbox needs at least."""
