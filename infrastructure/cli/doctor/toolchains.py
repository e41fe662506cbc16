"""Languages: which compilers and interpreters answer, and the package that brings each of the others."""

from collections.abc import Sequence

from infrastructure.cli.doctor.check import WORKER, Check, off, on, warn
from infrastructure.config import Config
from infrastructure.languages.catalogue import FolderCatalogue
from infrastructure.languages.detection import MissingLanguage
from infrastructure.languages.host_toolchains import HostToolchains
from infrastructure.statements.pandoc import CURE, Pandoc, find_pandoc


def look_at_toolchains(config: Config) -> tuple[HostToolchains, tuple[Check, ...]]:
    """Every compiler is asked for its version, several at a time, each for 20 s at most."""
    catalogue = FolderCatalogue()
    toolchains = HostToolchains.detect(catalogue)
    wanted = {name.strip() for name in config.worker_languages.split(",") if name.strip()}
    checks = toolchain_checks(toolchains, sorted(catalogue.ids()), wanted)
    return toolchains, (*checks, pandoc_check(find_pandoc()))


def toolchain_checks(toolchains: HostToolchains, ids: Sequence[str], wanted: set[str]) -> list[Check]:
    """``wanted``: what PROBA_WORKER_LANGUAGES names; empty: whatever is found."""
    found = {str(id_): toolchain for id_, toolchain in toolchains.available().items()}
    missing = {str(answer.entry.id): answer for answer in toolchains.missing()}
    checks = []
    for id_ in ids:
        if id_ in found:
            paths = ", ".join(map(str, found[id_].executables.values()))
            checks.append(on(f"toolchains.{id_}", f"{found[id_].language.version}, {paths}"))
        elif id_ in missing:
            checks.append(_missing(missing[id_], is_wanted=id_ in wanted))
    if strange := sorted(wanted - set(ids)):
        why = f"PROBA_WORKER_LANGUAGES names {', '.join(strange)}, which the catalogue does not have"
        checks.append(off("toolchains.unknown", why, f"known: {', '.join(ids)}", WORKER))
    count = len([id_ for id_ in found if not wanted or id_ in wanted])
    if count:
        checks.append(on("toolchains.any", f"{count} of {len(wanted or ids)} languages can be offered", WORKER))
    else:
        cure = "apt-get install gcc g++ python3 (./proba languages lists all)"
        checks.append(off("toolchains.any", "no language can be offered", cure, WORKER))
    return checks


def pandoc_check(pandoc: Pandoc) -> Check:
    """A worker does without: statements are then served as they are."""
    if pandoc.path is None:
        return off("toolchains.pandoc", f"{pandoc.why}: LaTeX and Markdown statements get no HTML", CURE)
    return on("toolchains.pandoc", f"{pandoc.why}, {pandoc.path}")


def _missing(answer: MissingLanguage, *, is_wanted: bool) -> Check:
    id_, why = f"toolchains.{answer.entry.id}", "; ".join(answer.reasons)
    cure = answer.cure
    return warn(id_, f"{why}; PROBA_WORKER_LANGUAGES names it", cure) if is_wanted else off(id_, why, cure)
