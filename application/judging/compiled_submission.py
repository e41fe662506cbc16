from dataclasses import dataclass

from application.judging.compilation import Compiled
from domain.languages.entities import LanguageId, MemoryExhaustion
from domain.problems.entities import Revision
from domain.runs.entities import Limits, SourceFile


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledSubmission:
    """A submission built for one revision, whatever slot it is run on. ``limits`` are the effective ones.

    ``compiled.program`` None: a compile error. ``memory_exhaustion`` and ``address_space`` are the language's.
    """

    revision: Revision
    language: LanguageId
    sources: tuple[SourceFile, ...]
    limits: Limits
    compiled: Compiled
    memory_exhaustion: MemoryExhaustion
    address_space: bool = True

    def close(self) -> None:
        """Give the artefacts back."""
        if self.compiled.program is not None:
            self.compiled.program.close()
