from collections.abc import Sequence

from domain.languages.entities import LanguageId
from domain.problems.entities import ImportId


class FakeBell:
    """Writes down who was rung for."""

    def __init__(self) -> None:
        self.rings = 0
        self.imports: list[ImportId] = []

    async def ring_for(self, languages: Sequence[LanguageId]) -> None:
        self.rings += len(languages)

    async def ring(self, times: int = 1) -> None:
        self.rings += times

    async def ring_import(self, import_id: ImportId) -> None:
        self.imports.append(import_id)
