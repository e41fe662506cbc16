from collections.abc import Sequence

from rich.text import Text

from infrastructure.cli.problems.package_report import PackageReport, SubmissionRow

LONGEST_BAR = 60
BEYOND = 1.5
"""The right end, in time limits; what takes longer ends in an arrow."""
LONGEST_NAME, SHORTEST_NAME = 48, 16
TIME_WIDTH = 12
_EIGHTHS = " ▏▎▍▌▋▊▉"


def time_plot(report: PackageReport, columns: int) -> Text | None:
    """Time of every reference submission against the limit, a line each, quickest first, in so many columns; None:
    nothing was timed.
    """
    rows = [row for row in report.submissions if row.cpu_time is not None]
    if not rows or not report.time_limit:
        return None
    plot = Text(f"cpu time of the slowest test against the time limit of {report.time_limit:g} s (│)\n")
    most = max(SHORTEST_NAME, min(LONGEST_NAME, (columns - TIME_WIDTH) // 2))
    width = min(most, max(len(row.path) for row in rows))
    bar = max(8, min(LONGEST_BAR, columns - width - TIME_WIDTH))
    for row in sorted(rows, key=lambda row: row.cpu_time or 0.0):
        plot.append(f"{_shortened(row.path, width):<{width}} ")
        plot.append_text(_bar(row, report.time_limit, bar))
        plot.append(f" {row.cpu_time:.3f} s\n")
    plot.append(_summary(report))
    return plot


def _bar(row: SubmissionRow, limit: float, width: int) -> Text:
    share = (row.cpu_time or 0.0) / limit
    mark = round(width / BEYOND)
    cells = list(_cells(min(share / BEYOND, 1.0), width))
    cells[mark] = "│"
    style = "yellow" if row.too_close else "green" if share <= 1 else "red"
    return Text.assemble(("".join(cells), style), "▸" if share > BEYOND else " ")


def _cells(share: float, width: int) -> Sequence[str]:
    eighths = round(share * width * 8)
    full, rest = divmod(eighths, 8)
    drawn = "█" * full + (_EIGHTHS[rest] if rest else "")
    return f"{drawn:<{width}}"[:width]


def _summary(report: PackageReport) -> str:
    said = []
    if report.slowest_accepted and report.time_limit:
        times = report.time_limit / report.slowest_accepted
        said.append(f"the slowest accepted one takes {report.slowest_accepted:.3f} s: {times:.1f} times into the limit")
    if report.fastest_slow is not None:
        said.append(f"the fastest too slow one {report.fastest_slow:.3f} s")
    if report.proposed_limit is not None:
        said.append(f"proposed limit {report.proposed_limit:g} s")
    return "; ".join(said)


def _shortened(path: str, width: int) -> str:
    return path if len(path) <= width else "…" + path[len(path) - width + 1 :]
