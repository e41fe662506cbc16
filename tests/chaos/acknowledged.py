"""What clients were told: it must hold whatever is killed afterwards."""

from dataclasses import dataclass, field

from tests.chaos.programs import Program


@dataclass(slots=True)
class AcknowledgedRejudge:
    """``total``, ``withdrawn``: how many jobs were made, and taken back, by the answers; ``took``: the submissions that
    have those which are left, as was seen just then.
    """

    total: int
    took: frozenset[str]
    withdrawn: int = 0


@dataclass(slots=True)
class Acknowledged:
    """``sent``: submission → what it is; ``cancelled``: each had one job cancelled, once; ``deleted``: gone since."""

    sent: dict[str, Program] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    rejudges: dict[str, AcknowledgedRejudge] = field(default_factory=dict)
