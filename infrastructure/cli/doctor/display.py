"""The report for people: a table a group on a terminal, plain lines elsewhere."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from infrastructure.cli.doctor.check import Check, Group, Report, Status

SYMBOLS = {
    Status.ON: "[green]✓ on[/green]",
    Status.WARN: "[yellow]! warn[/yellow]",
    Status.OFF: "[yellow]✗ off[/yellow]",
    Status.UNKNOWN: "[dim]? unknown[/dim]",
}
MISSING = "[bold red]✗ off[/bold red]"


def print_report(report: Report, console: Console) -> None:
    """All groups, what mends what, and the one line that matters."""
    report = report.without_repeats()
    for group in report.groups:
        if console.is_terminal:
            _print_table(group, console)
        else:
            _print_lines(group, console)
    colour = "green" if report.worker_may_start else "red"
    console.print(f"[bold {colour}]{escape(report.summary)}[/bold {colour}]", soft_wrap=True, highlight=False)


def _print_table(group: Group, console: Console) -> None:
    table = Table(title=group.name, title_justify="left", title_style="bold", show_header=False, expand=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in group.checks:
        symbol = MISSING if check.status is Status.OFF and check.required_for else SYMBOLS[check.status]
        table.add_row(symbol, _short(check, group), escape(check.why))
    console.print(table)
    for check in group.checks:  # on lines of their own, to be copied
        if check.cure:
            console.print(f"  {_short(check, group)}: {check.cure}", soft_wrap=True, highlight=False, markup=False)


def _print_lines(group: Group, console: Console) -> None:
    console.print(group.name, markup=False, highlight=False)
    for check in group.checks:
        needs = f" (needed by: {', '.join(check.required_for)})" if check.required_for else ""
        why = check.why.replace("\n", "\n" + " " * 10)
        shown = needs if check.status is Status.OFF else ""
        line = f"  {check.status.value:7} {_short(check, group)}: {why}{shown}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)
        if check.cure:
            console.print(f"          mend: {check.cure}", markup=False, highlight=False, soft_wrap=True)


def _short(check: Check, group: Group) -> str:
    return check.id.removeprefix(f"{group.name}.")
