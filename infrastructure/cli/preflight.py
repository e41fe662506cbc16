import sys

from infrastructure.cli.exceptions import HostCannot
from infrastructure.config import Config
from infrastructure.sandbox.preflight import Preflight, check_host
from infrastructure.sandbox.settings import SandboxSettings

WARNING = """
WARNING: programs run with REDUCED ISOLATION (landlock): this machine refuses namespaces, or was told not to use them.
{why}
Do not judge programs of people whom you do not trust. docs/security.md says what is missing. The setting
PROBA_SANDBOX_FLOOR=landlock agrees to it and silences this, PROBA_SANDBOX_FLOOR=namespaces refuses it.

"""


def look_at_host(config: Config) -> Preflight:
    """What of the sandbox this machine can do, under these settings; builds the launcher where it is missing."""
    return check_host(one_slot(config))


def one_slot(config: Config) -> SandboxSettings:
    """The sandbox as these settings want it, with a single slot."""
    return SandboxSettings(
        slots=1,
        level=config.sandbox_level,
        floor=config.sandbox_floor,
        cgroup=config.sandbox_cgroup,
        uid_base=config.sandbox_uid_base,
        build_dir=config.build_dir,
    )


def require_sandbox(config: Config, *, may_go_lower: bool = False) -> Config:
    """The settings to go on with. Raises HostCannot, with the command that mends it, when this machine refuses what the
    sandbox needs at least.

    ``may_go_lower``: where the user has set no floor it is lowered to landlock, if that helps, with a loud warning.
    """
    found = look_at_host(config)
    if found.ok:
        return config
    if may_go_lower and "sandbox_floor" not in config.model_fields_set:
        lower = config.model_copy(update={"sandbox_floor": "landlock"})
        if look_at_host(lower).ok:
            sys.stderr.write(WARNING.format(why=found.refusal))
            return lower
    raise HostCannot(found.refusal, "./proba doctor shows every layer")
