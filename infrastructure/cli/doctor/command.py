"""``doctor``: look at everything at once, then tell it."""

import json
import sys
from collections.abc import Callable

from rich.console import Console

from infrastructure.cli.doctor.cgroups import cgroup_checks
from infrastructure.cli.doctor.check import WORKER, Check, Group, Report, off, unknown
from infrastructure.cli.doctor.configuration import look_at_configuration
from infrastructure.cli.doctor.deep import DEEP_SECONDS, judge_references, try_sandbox
from infrastructure.cli.doctor.disk import look_at_disk
from infrastructure.cli.doctor.display import print_report
from infrastructure.cli.doctor.host_facts import read_host_facts
from infrastructure.cli.doctor.kernel import kernel_checks
from infrastructure.cli.doctor.machine import machine_checks
from infrastructure.cli.doctor.probing import Probe
from infrastructure.cli.doctor.sandbox import SandboxFindings, look_at_sandbox
from infrastructure.cli.doctor.toolchains import look_at_toolchains
from infrastructure.cli.exceptions import ExitCode
from infrastructure.config import Config
from infrastructure.languages.host_toolchains import HostToolchains

SECONDS = 60.0
BUILD_SECONDS = 360.0
"""A first build of the launcher is in it."""


def run(config: Config, *, as_json: bool = False, deep: bool = False) -> int:
    """Print the report; 0 when a worker may start, else 3."""
    report = examine(config, deep=deep)
    if as_json:
        sys.stdout.write(json.dumps(report.document(), ensure_ascii=False, indent=1) + "\n")
    else:
        print_report(report, Console())
    return ExitCode.OK if report.worker_may_start else ExitCode.HOST_CANNOT


def examine(config: Config, *, deep: bool = False) -> Report:
    """Takes some seconds. Never raises: what cannot be told is said to be unknown."""
    toolchains = Probe[tuple[HostToolchains | None, tuple[Check, ...]]](lambda: look_at_toolchains(config), SECONDS)
    servers = Probe(lambda: _servers(config), SECONDS)
    disk = Probe(lambda: tuple(look_at_disk(config)), SECONDS)
    blobs = Probe(lambda: _blobs(config), SECONDS)
    settings = Probe(lambda: tuple(look_at_configuration(config)), SECONDS)
    facts = read_host_facts()
    slots = config.worker_slots or len(facts.cores_allowed)
    machine = Probe(lambda: tuple(machine_checks(facts, slots)), SECONDS)
    kernel = Probe(lambda: tuple(kernel_checks(facts, slots, config.max_processes)), SECONDS)
    groups = Probe(lambda: tuple(cgroup_checks(facts)), SECONDS)
    sandbox = Probe(lambda: look_at_sandbox(config, facts, slots), BUILD_SECONDS).result(_no_sandbox)
    found, languages = toolchains.result(lambda why: (None, _cannot_tell("toolchains")(why)))
    tried: tuple[Check, ...] = sandbox.checks
    if deep and sandbox.level:
        tried += Probe(lambda: try_sandbox(config), DEEP_SECONDS).result(_cannot_tell("sandbox"))
        if found is not None:
            languages += Probe(lambda: judge_references(config, found), DEEP_SECONDS).result(_cannot_tell("toolchains"))
    linux = facts.platform == "linux"
    return Report(
        groups=(
            Group("machine", machine.result(_cannot_tell("machine"))),
            Group("kernel", kernel.result(_cannot_tell("kernel")) if linux else ()),
            Group("cgroups", groups.result(_cannot_tell("cgroups")) if linux else ()),
            Group("sandbox", tried),
            Group("toolchains", languages),
            Group("servers", servers.result(_cannot_tell("servers"))),
            Group("disk", (*disk.result(_cannot_tell("disk")), *blobs.result(_cannot_tell("blobs")))),
            Group("configuration", settings.result(_cannot_tell("configuration"))),
        ),
        level=sandbox.level,
        isolation=sandbox.isolation,
    )


def _servers(config: Config) -> tuple[Check, ...]:
    from infrastructure.cli.doctor.servers import look_at_servers  # noqa: PLC0415  # its libraries may be what is broken

    return tuple(look_at_servers(config))


def _blobs(config: Config) -> tuple[Check, ...]:
    from infrastructure.cli.doctor.blobs import look_at_blobs  # noqa: PLC0415  # the same

    return tuple(look_at_blobs(config))


def _cannot_tell(group: str) -> Callable[[str], tuple[Check, ...]]:
    return lambda why: (unknown(f"{group}.look", why),)


def _no_sandbox(why: str) -> SandboxFindings:
    return SandboxFindings((off("sandbox.look", why, "", WORKER),))
