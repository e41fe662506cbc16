"""``problems verify``: packages prove themselves on this machine, without any server."""

import asyncio
import signal
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from infrastructure.cli.exceptions import CommandFailed, ExitCode
from infrastructure.cli.preflight import require_sandbox
from infrastructure.cli.problems.local_package import LocalPackage
from infrastructure.cli.problems.package_progress import PackageProgress
from infrastructure.cli.problems.package_report import PackageReport
from infrastructure.cli.problems.package_verifier import PackageVerifier
from infrastructure.cli.problems.report_tables import print_report, summary_line, summary_table
from infrastructure.cli.problems.wide_console import wide_console
from infrastructure.config import Config
from infrastructure.event_loop import new_event_loop
from infrastructure.packages.folder_archive import packed_bound
from infrastructure.providers.worker import make_worker_container

LEAST_AT_ONCE = 2
"""So many packages at least, and one for two slots, so that these have work while one is unpacked or compiled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyOptions:
    """``slots`` 0: one a core. ``languages``: only submissions in these; empty: all. ``time_factor`` multiplies the
    limits that packages state.
    """

    as_json: bool = False
    slots: int = 0
    languages: frozenset[str] = frozenset()
    time_factor: float = 1.0


def run(config: Config, packages: Sequence[LocalPackage], options: VerifyOptions) -> int:
    """0 when all are accepted, 1 when some are not, 2 when some are not there. Raises HostCannot."""
    config = require_sandbox(config, may_go_lower=True)
    console = wide_console(stderr=options.as_json)
    with _work_dir(config.data_dir, packages) as name, asyncio.Runner(loop_factory=new_event_loop) as runner:
        slots = {"worker_slots": options.slots} if options.slots else {}
        own = config.model_copy(update={"data_dir": Path(name), "blobs_url": None, **slots})
        try:
            reports = runner.run(_verify_all(own, packages, options, console))
        except asyncio.CancelledError:
            return ExitCode.INTERRUPTED
        except ExceptionGroup as group:  # of the tasks that verify: the first says why
            raise group.exceptions[0] from None
    if len(packages) > 1 and not options.as_json:
        console.print(summary_table(reports))
    console.print(summary_line(reports), highlight=False, markup=False)
    if any(not package.path.exists() for package in packages):
        return ExitCode.USAGE
    return ExitCode.OK if all(report.accepted for report in reports) else ExitCode.FAILED


async def _verify_all(
    config: Config, packages: Sequence[LocalPackage], options: VerifyOptions, console: Console
) -> list[PackageReport]:
    loop, this = asyncio.get_running_loop(), asyncio.current_task()
    assert this is not None
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, this.cancel)  # so that everything is stopped and removed
    reports: dict[int, PackageReport] = {}
    waiting = iter(enumerate(packages))
    container = make_worker_container(_for_folders(config))
    try:
        verifier = await PackageVerifier.start(container, config, options.languages, options.time_factor)
        with PackageProgress(console, "packages", len(packages)) as progress:

            async def work() -> None:
                for index, package in waiting:
                    task, step = progress.begin(package.name)
                    report = reports[index] = await verifier.verify(package, step)
                    progress.end(task)
                    _tell(console, report, len(reports), len(packages), as_json=options.as_json)

            at_once = max(LEAST_AT_ONCE, verifier.slots // 2)
            async with asyncio.TaskGroup() as group:
                for _ in range(min(at_once, len(packages))):
                    group.create_task(work())
    finally:
        await container.close()
    return [reports[index] for index in sorted(reports)]


def _tell(console: Console, report: PackageReport, done: int, total: int, *, as_json: bool) -> None:
    if not as_json:
        print_report(console, report)
        return
    print(report.as_json(), flush=True)  # noqa: T201
    right = sum(row.ok for row in report.submissions)
    console.print(
        f"{done}/{total} {'accepted' if report.accepted else 'REJECTED'} {report.package}: "
        f"{right}/{len(report.submissions)} as expected",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip


def _for_folders(config: Config) -> Config:
    """Readers that take the tar of a folder, which is not compressed; archives of users are measured before."""
    bound = packed_bound(config.max_package_unpacked_size, config.max_package_files)
    return config.model_copy(update={"max_package_size": max(bound, config.max_package_size)})


def _work_dir(data_dir: Path, packages: Sequence[LocalPackage]) -> tempfile.TemporaryDirectory[str]:
    """A directory of this run alone: below the data directory, else where the system has temporary files."""
    real = data_dir.resolve()
    inside = any(real.is_relative_to(package.path.resolve()) for package in packages)
    if not inside:
        with suppress(OSError):
            data_dir.mkdir(parents=True, exist_ok=True)
            return tempfile.TemporaryDirectory(prefix="verify-", dir=real, ignore_cleanup_errors=True)
    try:
        return tempfile.TemporaryDirectory(prefix="proba-verify-", ignore_cleanup_errors=True)
    except OSError as error:
        raise CommandFailed(f"no place to work in: {error}; PROBA_DATA_DIR names one") from error
