from dataclasses import dataclass

from application.blobs import BlobStorage
from application.judging.checker import Checker
from application.judging.policy import RunPolicy
from application.judging.setter_programs import SetterPrograms
from application.languages.toolchains import Toolchains


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """What every part of the engine shares in one worker. ``checker``: the comparisons of this service."""

    toolchains: Toolchains
    checker: Checker
    programs: SetterPrograms
    blobs: BlobStorage
    policy: RunPolicy
