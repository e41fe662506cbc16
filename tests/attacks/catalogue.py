"""All attacks by programs, whatever their aim."""

from tests.attacks import files, kernel, processes, resources, results, roles

ATTACKS = (
    *resources.ATTACKS,
    *processes.ATTACKS,
    *files.ATTACKS,
    *kernel.ATTACKS,
    *results.ATTACKS,
    *roles.ATTACKS,
)
