"""The catalogue as far as this machine has it."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from domain.languages.entities import LanguageId
from infrastructure.languages.catalogue import FolderCatalogue
from infrastructure.languages.detection import FoundToolchain, MissingLanguage, detect
from infrastructure.languages.executables import prefix_to_show, search_path
from infrastructure.languages.host_toolchain import HostToolchain


class UnknownLanguage(Exception):
    """A language was asked for by configuration that has no folder in the catalogue."""

    def __init__(self, ids: Collection[str], known: Collection[str]) -> None:
        super().__init__(ids, known)
        self.ids = ids
        self.known = known

    def __str__(self) -> str:
        return f"there is no language {', '.join(sorted(self.ids))}; known: {', '.join(sorted(self.known))}"


class HostToolchains:
    """``application.languages.toolchains.Toolchains`` of this machine."""

    def __init__(self, answers: Sequence[FoundToolchain | MissingLanguage]) -> None:
        self._found = {answer.entry.id: answer for answer in answers if isinstance(answer, FoundToolchain)}
        self._missing = tuple(answer for answer in answers if isinstance(answer, MissingLanguage))
        self._toolchains = {language: HostToolchain(found) for language, found in self._found.items()}

    @classmethod
    def detect(
        cls, catalogue: FolderCatalogue, only: Collection[str] = (), directories: Sequence[Path] = ()
    ) -> "HostToolchains":
        """Look for the languages ``only`` (empty: for all), in ``directories`` before the system's.

        Takes a second or two where there are many toolchains, so not on an event loop. Raises UnknownLanguage.
        """
        if unknown := set(only) - catalogue.ids():
            raise UnknownLanguage(unknown, catalogue.ids())
        entries = [entry for entry in catalogue.entries.values() if not only or entry.id in only]
        return cls(detect(entries, search_path(directories)))

    def available(self) -> Mapping[LanguageId, HostToolchain]:
        """Those that were found, by id."""
        return self._toolchains

    def missing(self) -> tuple[MissingLanguage, ...]:
        """Those that were looked for and are not here."""
        return self._missing

    def binds(self) -> tuple[Path, ...]:
        """Host paths that the toolchains read besides /usr, shown read-only in the sandbox under the same names.

        Of a link its target is there too.
        """
        paths: set[Path] = set()
        for found in self._found.values():
            named = [path for path in map(Path, found.table.paths) if path.exists()]
            paths.update(named, (path.resolve() for path in named))
            paths.update(filter(None, map(prefix_to_show, found.executables.values())))
        return tuple(sorted(path for path in paths if not path.is_relative_to("/usr")))
