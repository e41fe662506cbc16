from rich.console import Console

WIDTH = 120
"""Columns of what goes to a file or a pipe."""


def wide_console(*, stderr: bool = False) -> Console:
    """For tables: as wide as the terminal."""
    found = Console(stderr=stderr)
    return found if found.is_terminal else Console(stderr=stderr, width=WIDTH)
