"""Tests that a package holds compressed (``01.in.gz``): unpacked beside it, within what its limits leave."""

import gzip
import hashlib
import zlib
from dataclasses import replace

from application.problems.packages import PackageRejected
from domain.problems.entities import Complaint
from domain.runs.units import size_text
from infrastructure.packages.numbered_content import NumberedContent
from infrastructure.packages.package_folder import PackageFolder, UnpackedFile

_ENDINGS = (".in.gz", ".ans.gz", ".out.gz", ".txt.gz")
_CHUNK = 1024 * 1024


def with_unpacked_tests(folder: PackageFolder) -> PackageFolder:
    """Each under its name without ``.gz``, unless there is such a file. Raises PackageRejected."""
    packed = [path for path in folder.files if path.endswith(_ENDINGS) and path[:-3] not in folder.files]
    if not packed:
        return folder
    left = folder.limits.max_unpacked_size - sum(file.content.size for file in folder.files.values())
    files = dict(folder.files)
    for path in sorted(packed):
        files[path[:-3]] = _unpacked(folder, path, min(left, folder.limits.max_file_size))
        left -= files[path[:-3]].content.size
    return replace(folder, files=files)


def _unpacked(folder: PackageFolder, path: str, most: int) -> UnpackedFile:
    content = folder.files[path].content
    size, digest = 0, hashlib.sha256()
    most = min(most, max(folder.limits.ratio_free_size, folder.limits.max_ratio * content.size))
    with content.open() as packed, folder.new_file() as (number, out):
        try:
            with gzip.open(packed) as stream:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    if size > most:
                        raise PackageRejected(Complaint(f"unpacks to more than {size_text(max(most, 0))}", path))
                    out.write(chunk)
                    digest.update(chunk)
        except (OSError, EOFError, zlib.error) as error:
            if isinstance(error, OSError) and error.errno is not None:  # the system's
                raise
            raise PackageRejected(Complaint("is not a sound gzip file", path)) from None
    return UnpackedFile(NumberedContent(content.directory, number, size), digest.digest())
