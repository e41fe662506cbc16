"""Paths that a package's manifest names."""

from infrastructure.packages.package_folder import PackageFolder


def inner_path(path: str) -> str | None:
    """Without "." and empty parts, divided by "/"; None: it is empty, absolute, or leaves the package."""
    parts: list[str] = []
    for part in path.strip().replace("\\", "/").split("/"):
        if part == ".." and not parts:
            return None
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    absolute = path.strip().startswith(("/", "\\")) or path[1:2] == ":"
    return "/".join(parts) if parts and not absolute else None


def find_file(folder: PackageFolder, path: str) -> str | None:
    """The file that a manifest means by ``path``; None: there is none, or it is not in the package."""
    inside = inner_path(path)
    return inside if inside is not None and inside in folder.files else None
