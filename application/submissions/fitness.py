"""Whether this worker can be trusted with programs."""

import logging

log = logging.getLogger(__name__)


class Fitness:
    """One a process. ``complaint``: what its sandbox's last trial said; "" while it is fit."""

    def __init__(self) -> None:
        self.complaint = ""

    def found(self, complaint: str) -> None:
        """Of a trial of every slot."""
        if complaint:
            self.lost(complaint)
        elif self.complaint:
            log.warning("the sandbox passes its trials again: this worker takes jobs")
            self.complaint = ""

    def lost(self, complaint: str) -> None:
        """Of one slot, or of a launcher that does not start."""
        if not self.complaint:
            log.error("this worker takes no jobs until its sandbox passes its trials: %s", complaint)
        self.complaint = complaint
