"""What the operator has set for packages."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPolicy:
    """``max_package_size`` is of the upload, in bytes. An import that this service has failed to read for
    ``give_up_after`` ends as rejected; so does one whose proof goes on for longer than ``longest_proof``.
    """

    max_package_size: int
    give_up_after: timedelta = timedelta(hours=1)
    longest_proof: timedelta = timedelta(hours=4)
