"""``problems import``: packages are sent to a running service, whose worker proves them."""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from application.problems.packages import PackageRejected
from infrastructure.cli.exceptions import ExitCode
from infrastructure.cli.problems.connection import Connection
from infrastructure.cli.problems.import_answer import progress_of, report_of
from infrastructure.cli.problems.local_package import LocalPackage
from infrastructure.cli.problems.package_progress import PackageProgress, Step
from infrastructure.cli.problems.package_report import PackageReport
from infrastructure.cli.problems.report_tables import print_report, summary_line, summary_table
from infrastructure.cli.problems.service_client import Refused, ServiceClient
from infrastructure.cli.problems.wide_console import wide_console
from infrastructure.config import Config
from infrastructure.threads import in_thread

AT_ONCE = 4
"""So many packages are on their way; a worker proves as many as it likes."""
FIRST_POLL, LAST_POLL = 0.2, 2.0
OURS_ARE_WRONG = (401, 403)
"""With these every further upload would be refused as well."""


def run(
    config: Config, connection: Connection, packages: Sequence[LocalPackage], slug: str | None, *, as_json: bool
) -> int:
    """0 when all are accepted, 1 when some are not. Raises CommandFailed when the service cannot be used at all."""
    console = wide_console(stderr=as_json)
    try:
        reports = asyncio.run(_import_all(config, connection, packages, slug, console, as_json=as_json))
    except ExceptionGroup as group:
        raise group.exceptions[0] from None
    if len(packages) > 1 and not as_json:
        console.print(summary_table(reports))
    console.print(summary_line(reports), highlight=False, markup=False)
    if any(not package.path.exists() for package in packages):
        return ExitCode.USAGE
    return ExitCode.OK if all(report.accepted for report in reports) else ExitCode.FAILED


async def _import_all(
    config: Config,
    connection: Connection,
    packages: Sequence[LocalPackage],
    slug: str | None,
    console: Console,
    *,
    as_json: bool,
) -> list[PackageReport]:
    reports: dict[int, PackageReport] = {}
    waiting = iter(enumerate(packages))
    with tempfile.TemporaryDirectory(prefix="proba-import-") as work_dir, PackageProgress(
        console, "packages", len(packages)
    ) as progress:  # fmt: skip
        async with ServiceClient(connection) as client:

            async def work() -> None:
                for index, package in waiting:
                    task, step = progress.begin(package.name)
                    report = reports[index] = await _import(client, config, package, slug, Path(work_dir), step)
                    progress.end(task)
                    if as_json:
                        print(report.as_json(), flush=True)  # noqa: T201
                    else:
                        print_report(console, report)

            async with asyncio.TaskGroup() as group:
                for _ in range(min(AT_ONCE, len(packages))):
                    group.create_task(work())
    return [reports[index] for index in sorted(reports)]


async def _import(
    client: ServiceClient, config: Config, package: LocalPackage, slug: str | None, work_dir: Path, step: Step
) -> PackageReport:
    step("packing", 0, None)
    packing = package.archive(config, work_dir, upload=True)
    try:
        archive = await in_thread(packing.__enter__)
    except PackageRejected as rejection:
        return PackageReport.rejected(package.name, *map(package.inner, rejection.complaints))
    try:
        step("sending", 0, None)
        found = await client.upload(archive.path, package.path.name, slug)
    except Refused as refusal:
        if refusal.status in OURS_ARE_WRONG:
            raise
        return PackageReport(package=package.name, complaints=(str(refusal),))
    finally:
        await in_thread(packing.__exit__, None, None, None)
    return report_of(package.name, await _finished(client, found, step), package.inner)


async def _finished(client: ServiceClient, found: dict[str, Any], step: Step) -> dict[str, Any]:
    delay = FIRST_POLL
    while found["status"] in ("pending", "proving"):
        step(*progress_of(found))
        await asyncio.sleep(delay)
        delay = min(delay * 1.5, LAST_POLL)
        found = await client.import_(found["id"])
    return found
