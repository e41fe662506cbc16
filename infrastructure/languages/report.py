"""The table of ``./proba languages``: what this machine has, and the line that brings what it lacks."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from infrastructure.languages.catalogue import FolderCatalogue
from infrastructure.languages.host_toolchains import HostToolchains


def languages_table(toolchains: HostToolchains) -> Table:
    """Every language with its version, or with the apt line that installs it and why it was not found."""
    table = Table(title="Languages of this machine", title_justify="left")
    for column in ("id", "language", "toolchain, or what brings it"):
        table.add_column(column, no_wrap=column != "toolchain, or what brings it")
    rows = {
        id_: (toolchain.language.name, Text(toolchain.language.version, style="green"))
        for id_, toolchain in toolchains.available().items()
    }
    for missing in toolchains.missing():
        line = Text(missing.cure, style="yellow")
        rows[missing.entry.id] = (missing.entry.file.name, line.append(f"  ({missing.reasons[0]})", style="dim"))
    for id_, (name, state) in sorted(rows.items()):
        table.add_row(id_, name, state)
    table.caption = f"{len(toolchains.available())} of {len(rows)} found"
    table.caption_justify = "left"
    return table


def apt_line(toolchains: HostToolchains) -> str:
    """One line that brings every language that was not found; empty when all were."""
    packages = sorted({package for missing in toolchains.missing() for package in missing.packages})
    return f"apt-get install {' '.join(packages)}" if packages else ""


def report_languages(console: Console) -> None:
    """Look at this machine and print what it has; the apt line of all the others is one line, to be copied."""
    toolchains = HostToolchains.detect(FolderCatalogue())
    console.print(languages_table(toolchains))
    if line := apt_line(toolchains):
        console.print(f"All the others: {line}", soft_wrap=True, highlight=False)
