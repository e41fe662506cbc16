from collections.abc import Callable

from domain.problems.proof import Progress

Report = Callable[[Progress], None]

__all__ = ["Progress", "Report"]
