"""A zip inside a package, unpacked beside it within what its limits leave."""

from collections.abc import Mapping
from dataclasses import replace

from application.problems.packages import PackageRejected
from domain.problems.entities import Complaint
from infrastructure.packages.package_folder import PackageFolder, UnpackedFile
from infrastructure.packages.unpacking_limits import UnpackingLimits
from infrastructure.packages.zip_unpacker import ZipUnpacker

_FIRST_NUMBER = 500_000
"""Between the numbers of the package's own files and those that readers add."""


def unpack_nested(folder: PackageFolder, path: str, whole: PackageFolder) -> Mapping[str, UnpackedFile]:
    """The files of the zip ``path`` in ``folder``; once in a package, which is ``whole``. Raises PackageRejected."""
    file = folder.prefix + path
    content = folder.files[path].content
    with content.open() as package:
        try:
            return ZipUnpacker(package, content.directory, _rest(whole), _FIRST_NUMBER).unpack().files
        except PackageRejected as rejection:
            complaints = (
                Complaint(f"in {file}: {c.message.replace('the package', 'the archive')}", c.file or file)
                for c in rejection.complaints
            )
            raise PackageRejected(*complaints) from None


def _rest(folder: PackageFolder) -> UnpackingLimits:
    limits = folder.limits
    taken = sum(file.content.size for file in folder.files.values())
    return replace(
        limits,
        max_unpacked_size=max(limits.max_unpacked_size - taken, 0),
        max_files=max(limits.max_files - len(folder.files), 0),
    )
