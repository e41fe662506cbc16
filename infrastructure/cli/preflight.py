from infrastructure.cli.exceptions import HostCannot
from infrastructure.config import Config
from infrastructure.sandbox.preflight import Preflight, check_host
from infrastructure.sandbox.settings import SandboxSettings


def look_at_host(config: Config) -> Preflight:
    """What of the sandbox this machine can do, under these settings; builds the launcher where it is missing."""
    return check_host(
        SandboxSettings(
            slots=1,
            floor=config.sandbox_floor,
            cgroup=config.sandbox_cgroup,
            uid_base=config.sandbox_uid_base,
            build_dir=config.build_dir,
        )
    )


def require_sandbox(config: Config) -> None:
    """Raises HostCannot, with the command that mends it, when this machine refuses what the sandbox needs at least."""
    found = look_at_host(config)
    if not found.ok:
        raise HostCannot(found.refusal, "./proba doctor shows every layer")
