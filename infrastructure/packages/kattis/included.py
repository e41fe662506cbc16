"""``include/``: files that are compiled with submissions, or that these read as they run."""

from collections.abc import Iterator

from domain.problems.entities import Complaint
from domain.problems.files import PackageFile, Stub
from infrastructure.packages.kattis.constants import Constants
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.program_languages import CATALOGUE_IDS, is_header, language_of, languages_of_code

_HEAD_SIZE = 64 * 1024
_MOST_READ = 16


def read_stubs(folder: PackageFolder, constants: Constants, warnings: list[Complaint]) -> Iterator[Stub]:
    """One for each language, and one for all ("default")."""
    inside = folder.inside("include/")
    for entry in inside.entries():
        code = entry.removesuffix("/")
        files = tuple(
            constants.file(f"include/{path}", path.removeprefix(entry))
            for path in inside.below(entry)
            if "/." not in path
        )
        if not entry.endswith("/") or not files:
            continue
        languages = () if code == "default" else languages_of_code(code, CATALOGUE_IDS)
        if languages or code == "default":
            yield Stub(languages=languages, files=files, main=_driver(files))
        else:
            where = f"{inside.prefix}{entry}"
            warnings.append(Complaint(f"is for the language {code[:40]!r}, which the catalogue does not have", where))


def read_beside(folder: PackageFolder) -> tuple[PackageFile, ...]:
    """Those of all languages that are no sources: submissions find them where they run, too."""
    place = "include/default/"
    found = [
        folder.file(path, path.removeprefix(place))
        for path in folder.below(place)
        if "/." not in path and not is_header(path) and language_of({path: folder.head(path, _HEAD_SIZE)}) == (None, "")
    ]
    return tuple(found[:_MOST_READ])


def _driver(files: tuple[PackageFile, ...]) -> str | None:
    """An included main file takes the place of the submission's."""
    return next((file.name for file in files if file.name.lower().startswith(("main.", "__main__."))), None)
