"""What the operator has set for runs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPolicy:
    """``kill_cpu_factor``: a run is ended at this multiple of its cpu limit, so that one just over it is seen for what
    it is; with ``retry_near_limit`` such a run is repeated once. ``compile_output``: the most bytes kept of what a
    compiler printed.
    """

    retry_near_limit: bool = True
    kill_cpu_factor: float = 1.25
    compile_output: int = 64 * 1024
