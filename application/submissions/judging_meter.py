"""Gateway to the figures that operators watch. Nothing here waits or fails: it is called on the hot way."""

from datetime import timedelta
from typing import Protocol

from domain.languages.entities import LanguageId
from domain.verdicts import Verdict


class JudgingMeter(Protocol):
    """What a worker does, counted."""

    def claimed(self, waited: timedelta) -> None:
        """A job was taken that had waited so long since it was made."""

    def judged(self, language: LanguageId, verdict: Verdict, compiled: timedelta | None, took: timedelta) -> None:
        """A job has its verdict. ``compiled``: the compiler's wall time, None where there was none; ``took``: from the
        claim to the last write.
        """

    def ended(self, ending: str) -> None:
        """An attempt ended without a verdict: ``given_back``, ``failed``, or ``taken_away`` (cancelled, lease lost)."""

    def gave_up(self, jobs: int) -> None:
        """Jobs became JE without having been judged: their last attempt has failed, or its lease ran out."""

    def expired(self, leases: int) -> None:
        """A sweep found leases that had run out: their workers have died, or were cut off."""
