"""Files that a setter's program reads as it runs: settings beside its source (``gen/constraints.yaml``)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from application.blobs import BlobStorage
from application.judging.box_files import opened_files
from application.sandbox import BoxFile
from domain.problems.files import PackageFile, PackageProgram

DATA = (".yaml", ".yml", ".json", ".txt", ".conf", ".cfg", ".ini", ".csv", ".dat", ".toml")


@asynccontextmanager
async def data_files(blobs: BlobStorage, program: PackageProgram) -> AsyncIterator[tuple[BoxFile, ...]]:
    """In its box under their own names, and below its folder's: authors start programs from either place."""
    own = [file for file in program.files if file.name.endswith(DATA)]
    folder = program.path.rpartition("/")[0]
    below = [PackageFile(f"{folder}/{file.name}", file.content) for file in own] if folder else []
    async with opened_files(blobs, (*own, *below)) as files:
        yield tuple(files)
