import asyncio
from datetime import UTC, datetime, timedelta

from application.exceptions import StorageUnavailable
from application.ids import new_id
from application.problems.import_pulse import ImportPulse
from domain.access.entities import ApiKeyId
from domain.problems.entities import ImportId
from domain.problems.enums import ImportStatus
from domain.problems.files import BlobRef
from domain.problems.package_import import PackageImport
from domain.problems.proof import Progress
from tests.fakes.fake_import_repository import FakeImportRepository
from tests.fakes.fake_transaction import FakeTransaction


class Repository(FakeImportRepository):
    """Counts what it is told, and can be lost."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Progress | None] = []
        self.lost = False

    async def keep(self, import_id: ImportId, progress: Progress | None) -> bool:
        self.kept.append(progress)
        if self.lost:
            raise StorageUnavailable
        return await super().keep(import_id, progress)


async def make(
    interval: timedelta, quiet: timedelta = timedelta(seconds=30)
) -> tuple[ImportPulse, Repository, FakeTransaction]:
    repository, transaction = Repository(), FakeTransaction()
    package_import = PackageImport(
        id=ImportId(new_id()), key_id=ApiKeyId(new_id()), slug=None, package=BlobRef(b"", 0),
        status=ImportStatus.PROVING, created_at=datetime.now(UTC),
    )  # fmt: skip
    await repository.add(package_import)
    pulse = ImportPulse(
        import_id=package_import.id, imports=repository, transaction=transaction, interval=interval, quiet=quiet
    )
    return pulse, repository, transaction


async def test_progress_is_written_but_not_all_of_it() -> None:
    pulse, repository, transaction = await make(interval=timedelta(milliseconds=20))
    async with pulse:
        for done in range(100):
            pulse(Progress("judge", done, 100))
            await asyncio.sleep(0.001)
    assert 2 <= len(repository.kept) <= 20
    assert transaction.commits == len(repository.kept)
    assert repository.stored[pulse.import_id].progress is not None


async def test_without_news_the_claim_is_kept() -> None:
    pulse, repository, _ = await make(interval=timedelta(0), quiet=timedelta(milliseconds=10))
    async with pulse:
        await asyncio.sleep(0.1)
    assert len(repository.kept) >= 3
    assert set(repository.kept) == {None}


async def test_a_database_that_is_lost_for_a_while_does_not_end_the_proof() -> None:
    pulse, repository, _ = await make(interval=timedelta(0))
    repository.lost = True
    async with pulse:
        pulse(Progress("judge", 1, 2))
        await asyncio.sleep(0.01)
        repository.lost = False
        pulse(Progress("judge", 2, 2))
        await asyncio.sleep(0.01)
    assert repository.stored[pulse.import_id].progress == Progress("judge", 2, 2)
