"""Backups as nobody has written them: refused with a sentence, and nothing is changed."""

import gzip
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infrastructure.backup.archive import ArchiveDamaged
from infrastructure.backup.backup import NewerSchema
from tests.integration.backup.hostile import Member, named, read, with_manifest, write
from tests.integration.backup.places import Place

Change = Callable[[list[Member]], list[Member]]


def without(members: list[Member], start: str) -> list[Member]:
    index = next(number for number, (member, _) in enumerate(members) if member.name.startswith(start))
    return members[:index] + members[index + 1 :]


def replaced(members: list[Member], name: str, content: bytes) -> list[Member]:
    return [(member, content if member.name == name else old) for member, old in members]


def schema(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda manifest: manifest.update(schema=name)


CHANGES: dict[str, tuple[Change, str]] = {
    "a path upwards": (lambda m: [named("../../evil", b"x"), *m], "does not belong"),
    "a path upwards of a table": (lambda m: [named("tables/../evil", b"x"), *m], "does not belong"),
    "an absolute path": (lambda m: [named("/tmp/evil", b"x"), *m], "does not belong"),
    "a symbolic link": (
        lambda m: [named("tables/api_keys", kind=tarfile.SYMTYPE, target="/etc/passwd"), *m],
        "no file",
    ),
    "a hard link": (lambda m: [named("tables/x", kind=tarfile.LNKTYPE, target="tables/api_keys"), *m], "no file"),
    "a device": (lambda m: [named("tables/x", kind=tarfile.CHRTYPE), *m], "no file"),
    "a table twice": (lambda m: [m[0], *m], "twice"),
    "no table": (lambda m: without(m, "tables/submissions"), "missing or damaged"),
    "no blob": (lambda m: without(m, "blobs/"), "missing or damaged"),
    "a blob with other bytes": (lambda m: [named("blobs/" + "0" * 64, b"x"), *m], "damaged"),
    "no manifest": (lambda m: m[:-1], "not written to its end"),
    "a manifest that is none": (lambda m: [*m[:-1], named("manifest.json", b"[1, 2]")], "manifest.json"),
    "another format": (lambda m: with_manifest(m, lambda one: one.update(format=99)), "another version"),
    "a later schema": (lambda m: with_manifest(m, schema("ffffffffffff")), "newer"),
    "a schema by another word": (lambda m: with_manifest(m, schema("head")), "newer"),
    "a schema that is no text": (lambda m: with_manifest(m, lambda one: one.update(schema=[1])), "newer"),
    # COPY finds a table of that name in the catalogue, where roles are
    "a table of the system": (lambda m: with_manifest([named("tables/pg_authid", b"x"), *m], lambda _: None), "schema"),
    "rows that are none": (
        lambda m: with_manifest(replaced(m, "tables/problems", b"rubbish"), lambda _: None),
        "table problems",
    ),
}


@pytest.fixture
def backup(used: tuple[Place, str], tmp_path: Path) -> tuple[Place, Path]:
    place, _ = used
    file = tmp_path / "proba.tar.gz"
    done = place.run("backup", file)
    assert done.returncode == 0, done.stderr
    return place, file


async def rows(place: Place) -> tuple[int, str]:
    connection = await place.connect()
    found = await connection.fetchrow(
        "SELECT (SELECT count(*) FROM submissions), (SELECT version_num FROM alembic_version)"
    )
    await connection.close()
    assert found is not None
    return tuple(found)


async def test_hostile_backups_change_nothing(backup: tuple[Place, Path], tmp_path: Path) -> None:
    place, file = backup
    true, before, hostile = read(file), await rows(place), tmp_path / "hostile.tar.gz"
    async with place.backup() as restorer:
        for name, (change, words) in CHANGES.items():
            write(hostile, change(list(true)))
            with pytest.raises((ArchiveDamaged, NewerSchema)) as refused:
                await restorer.restore(hostile, replace=True)
            assert words in str(refused.value), name
            assert await rows(place) == before, name
        assert list(tmp_path.glob("**/evil")) == []
        write(hostile, true)
        await restorer.restore(hostile, replace=True)  # what was taken apart and put together is whole


async def test_bombs_take_neither_memory_nor_disk(used: tuple[Place, str], tmp_path: Path) -> None:
    place, _ = used
    bomb = tmp_path / "bomb.tar.gz"
    header, table = tarfile.TarInfo("tables/x"), tarfile.TarInfo("tables/problems")
    header.type, header.size = tarfile.XHDTYPE, 1 << 30  # a reader of tars takes it into memory
    table.size = 1 << 62  # more than any disk has
    for member, words in ((header, "is no file"), (table, "TMPDIR")):
        with gzip.open(bomb, "wb") as packed:
            packed.write(member.tobuf(tarfile.GNU_FORMAT) + bytes(1 << 20))
        done = place.run("restore", bomb, "--replace")
        assert (done.returncode, words in done.stderr) == (1, True), done.stderr
