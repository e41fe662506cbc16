from dataclasses import dataclass

MIB = 1024 * 1024
PACKED = "PROBA_MAX_PACKAGE_SIZE"
UNPACKED = "PROBA_MAX_PACKAGE_UNPACKED_SIZE"
ONE_FILE = "PROBA_MAX_PACKAGE_FILE_SIZE"
FILES = "PROBA_MAX_PACKAGE_FILES"
"""What an operator may set, so that refusals name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackingLimits:
    """What a package may cost. Sizes are bytes.

    ``max_ratio``: unpacked to packed size, as far as the package unpacks to more than ``ratio_free_size``.
    ``max_cpu_seconds``, ``max_seconds`` and ``max_memory`` are those of the process that reads it.
    """

    max_packed_size: int = 512 * MIB
    max_unpacked_size: int = 2048 * MIB
    max_file_size: int = 1024 * MIB
    max_files: int = 20_000
    max_ratio: int = 250
    ratio_free_size: int = 512 * MIB
    max_cpu_seconds: int = 120
    max_seconds: int = 300
    max_memory: int = 1024 * MIB
    max_result_size: int = 32 * MIB
