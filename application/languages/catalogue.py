"""Gateway to the catalogue of languages that Proba knows, on whatever machine they run."""

from typing import Protocol

from domain.languages.entities import LanguageId


class LanguageCatalogue(Protocol):
    """Every language that has a folder in the catalogue."""

    def ids(self) -> frozenset[LanguageId]:
        """Their ids; those that live workers really have are registered by the workers."""
