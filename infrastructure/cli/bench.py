import subprocess
import sys
from collections.abc import Sequence

from infrastructure.cli.settings import ROOT


def run(arguments: Sequence[str]) -> int:
    """The benchmarks are their own package beside the service; this runs them."""
    return subprocess.run([sys.executable, "-m", "benchmarks", *arguments], cwd=ROOT, check=False).returncode
