"""Symbolic links inside a package, followed inside it and nowhere else."""

import posixpath
from collections.abc import Mapping

from application.problems.packages import PackageRejected
from domain.problems.entities import Complaint
from infrastructure.packages.package_folder import UnpackedFile

MAX_TARGET = 1024
_MOST_STEPS = 40


def with_links(
    files: Mapping[str, UnpackedFile], links: Mapping[str, str], max_files: int
) -> tuple[dict[str, UnpackedFile], tuple[Complaint, ...]]:
    """The files, and what links (path → target) name of them under the links' own paths.

    A link that leaves the package, or leads nowhere, names nothing: that is a warning, since real packages have such
    links. Raises PackageRejected when links make more than ``max_files`` of the files.
    """
    all_files = dict(files)
    warnings: list[Complaint] = []
    for path in sorted(links):
        target = _resolved(path, links)
        if target is not None and target in files:
            all_files.setdefault(path, files[target])
        elif target is not None and (inside := _below(files, target)):
            for name, file in inside.items():
                all_files.setdefault(f"{path}/{name}", file)
        else:
            where = "leaves the package" if target is None else "leads to nothing in the package"
            warnings.append(Complaint(f"is a symbolic link that {where}: it was left out", path))
        if len(all_files) > max_files:
            raise PackageRejected(Complaint(f"its symbolic links make more than {max_files} files", path))
    return all_files, tuple(warnings)


def _below(files: Mapping[str, UnpackedFile], folder: str) -> dict[str, UnpackedFile]:
    top = f"{folder}/" if folder else ""
    return {path.removeprefix(top): file for path, file in files.items() if path.startswith(top)}


def _resolved(path: str, links: Mapping[str, str]) -> str | None:
    """Where a link leads in the end, also through other links; None: out of the package, or in a circle."""
    at = path
    for _ in range(_MOST_STEPS):
        link = next((p for p in _prefixes(at) if p in links), None)
        if link is None:
            return at
        target = links[link]
        if target.startswith("/") or len(target) > MAX_TARGET:
            return None
        at = posixpath.normpath(posixpath.join(posixpath.dirname(link), target, at.removeprefix(link).lstrip("/")))
        if at == ".." or at.startswith("../"):
            return None
        at = "" if at == "." else at
    return None


def _prefixes(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
