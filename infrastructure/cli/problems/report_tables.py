"""What was found out about packages, for people."""

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from infrastructure.cli.problems.package_report import PackageReport, SubmissionRow
from infrastructure.cli.problems.time_plot import time_plot

MOST_SHOWN = 20


def print_report(console: Console, report: PackageReport) -> None:
    """All of one package."""
    console.print(report_view(report, console.width), highlight=False)


def report_view(report: PackageReport, columns: int) -> RenderableType:
    """Headline, submissions, times, complaints, in so many columns."""
    parts: list[RenderableType] = [_headline(report)]
    if report.submissions:
        parts.append(_submissions(report.submissions))
    if (plot := time_plot(report, columns)) is not None:
        parts.append(plot)
    parts.extend(_remarks("complaint", "red", report.complaints))
    parts.extend(_remarks("warning", "yellow", report.warnings))
    parts.extend(_remarks("skipped", "dim", [f"{path}: {reason}" for path, reason in report.skipped]))
    return Group(*parts, Text())


def summary_table(reports: Sequence[PackageReport]) -> Table:
    """A line a package, and their sum."""
    table = Table(show_footer=True)
    table.add_column("package", overflow="fold", min_width=12)
    for name, width in (("format", 7), ("", 10)):
        table.add_column(name, min_width=width)
    for name, width in (("limit, s", 6), ("as expected", 8), ("too close", 5), ("skipped", 7)):
        table.add_column(name, justify="right", min_width=width)
    table.add_column("first complaint", overflow="fold", max_width=50)
    for report in reports:
        table.add_row(
            Text(report.package),
            report.format or "",
            _verdict(report),
            "" if report.time_limit is None else f"{report.time_limit:g}",
            f"{_right(report)}/{len(report.submissions)}",
            str(_close(report) or ""),
            str(len(report.skipped) or ""),
            Text(_shortened(report.complaints[0], 100) if report.complaints else ""),
        )
    accepted = sum(report.accepted for report in reports)
    table.columns[0].footer = f"{len(reports)} packages"
    table.columns[2].footer = f"{accepted} accepted"
    table.columns[4].footer = f"{sum(map(_right, reports))}/{sum(len(r.submissions) for r in reports)}"
    table.columns[5].footer = str(sum(map(_close, reports)))
    table.columns[6].footer = str(sum(len(r.skipped) for r in reports))
    return table


def summary_line(reports: Sequence[PackageReport]) -> str:
    """The same in one line."""
    accepted, judged = sum(report.accepted for report in reports), sum(len(r.submissions) for r in reports)
    packages = "1 package" if len(reports) == 1 else f"{len(reports)} packages"
    return (
        f"{packages}: {accepted} accepted, {len(reports) - accepted} rejected; "
        f"{sum(map(_right, reports))} of {judged} submissions as expected, {sum(map(_close, reports))} too close to "
        f"the time limit, {sum(len(r.skipped) for r in reports)} skipped"
    )


def _headline(report: PackageReport) -> Text:
    known = ", ".join(
        part
        for part in (
            report.format or "",
            "" if report.time_limit is None else f"time limit {report.time_limit:g} s",
            f"{_right(report)} of {len(report.submissions)} submissions as expected" if report.submissions else "",
        )
        if part
    )
    return Text.assemble((report.package, "bold"), " ", _verdict(report), f" ({known})" if known else "")


def _verdict(report: PackageReport) -> Text:
    return Text("accepted", style="green") if report.accepted else Text("rejected", style="bold red")


def _submissions(rows: Sequence[SubmissionRow]) -> Table:
    table = Table()
    table.add_column("submission", overflow="fold", ratio=1)
    for name in ("language", "expected", "verdict"):
        table.add_column(name)
    for name in ("score", "time, s"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for row in rows:
        table.add_row(
            Text(row.path),
            row.language or "",
            " ".join(row.expected),
            Text(row.verdict, style="green" if row.ok else "bold red"),
            f"{row.score:g}",
            "" if row.cpu_time is None else f"{row.cpu_time:.3f}",
            _mark(row),
        )
    return table


def _mark(row: SubmissionRow) -> Text:
    close = " too close" if row.too_close else ""
    if row.ok:
        return Text(f"✓{close}", style="yellow" if close else "green")
    return Text(f"✗{close}", style="bold red")


def _remarks(kind: str, style: str, remarks: Sequence[str]) -> list[RenderableType]:
    shown: list[RenderableType] = [Text.assemble((f"{kind} ", style), text) for text in remarks[:MOST_SHOWN]]
    if len(remarks) > MOST_SHOWN:
        shown.append(Text(f"… and {len(remarks) - MOST_SHOWN} more", style=style))
    return shown


def _right(report: PackageReport) -> int:
    return sum(row.ok for row in report.submissions)


def _close(report: PackageReport) -> int:
    return sum(row.too_close for row in report.submissions)


def _shortened(text: str, most: int = 200) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[:most] + "…"
