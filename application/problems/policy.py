"""What the operator has set for packages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPolicy:
    """``max_package_size`` is of the upload, in bytes."""

    max_package_size: int
