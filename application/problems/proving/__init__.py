"""The proof of a package: its own programs show that its tests are valid and its time limit tells right from slow."""

from application.problems.proving.progress import Progress
from application.problems.proving.prover import Proved, Prover

__all__ = ["Progress", "Proved", "Prover"]
