import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

from dishka import AsyncContainer, Provider, Scope, make_async_container, provide, provide_all

from application.blobs import BlobStorage
from application.ids import new_id
from application.judging.checker import Checker
from application.judging.policy import RunPolicy
from application.judging.setter_programs import SetterPrograms
from application.judging.submission_judge import SubmissionJudge
from application.judging.workbench import Workbench
from application.languages.toolchains import Toolchains
from application.problems.packages import Packages
from application.problems.proving import Prover
from application.problems.readable_packages import ReadablePackages
from application.problems.revision_builder import RevisionBuilder
from application.problems.revision_publisher import RevisionPublisher
from application.problems.statement_converter import StatementConverter
from application.problems.usecases import ImportPackage
from application.sandbox import SandboxPool, SelfTest
from application.submissions.fitness import Fitness
from application.submissions.judging import JobJudge
from application.submissions.judging_meter import JudgingMeter
from application.submissions.leases import Leases
from application.submissions.policy import JudgingPolicy
from application.submissions.usecases import EndRecalledJobs, JudgeNextJob
from application.workers.neighbours import Neighbours
from application.workers.usecases import Beat, RegisterWorker, SweepQueue, UnregisterWorker
from domain.languages.entities import OUTPUT
from domain.problems.validation import LimitRanges
from domain.workers.entities import WorkerId
from infrastructure.checkers.builtin_checker import BuiltinChecker
from infrastructure.config import Config
from infrastructure.languages.catalogue import FolderCatalogue
from infrastructure.languages.host_toolchains import HostToolchains
from infrastructure.languages.include_directory import read_headers
from infrastructure.metrics.prometheus_meter import PrometheusMeter
from infrastructure.neighbours import BOOT_ID, LockedNeighbours
from infrastructure.packages.limited_packages import LimitedPackages
from infrastructure.packages.unpacking_limits import UnpackingLimits
from infrastructure.providers.config import ConfigProvider, RedisUrl, limit_ranges
from infrastructure.providers.database import DatabaseProvider
from infrastructure.providers.gateways import GatewaysProvider
from infrastructure.providers.repositories import RepositoriesProvider
from infrastructure.queue.bell_broker import BellBroker
from infrastructure.queue.work_drain import WorkDrain
from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.pool_self_test import PoolSelfTest
from infrastructure.sandbox.settings import SandboxSettings
from infrastructure.statements.pandoc import find_pandoc
from infrastructure.statements.pandoc_converter import PandocConverter
from infrastructure.statements.sanitizer import Sanitizer


class WorkerProvider(Provider):
    """What only a worker needs: toolchains, slots, and the use cases that judge."""

    scope = Scope.APP

    leases = provide_all(Leases, Fitness)
    self_test = provide(PoolSelfTest, provides=SelfTest)
    judge = provide_all(JobJudge, SubmissionJudge, Workbench)
    checker = provide(BuiltinChecker, provides=Checker)
    judging = provide_all(EndRecalledJobs, JudgeNextJob, SweepQueue)
    upkeep = provide_all(Beat, RegisterWorker, UnregisterWorker, scope=Scope.REQUEST)
    imports = provide_all(ImportPackage, Prover, RevisionPublisher, RevisionBuilder, scope=Scope.REQUEST)

    @provide
    def ranges(self, config: Config) -> LimitRanges:
        """Of problems that come in packages."""
        return limit_ranges(config, config.max_package_files)

    @provide
    async def statement_converter(self, config: Config) -> StatementConverter:
        """With the pandoc of this machine, if there is one; what it makes is sanitised as the packages' user."""
        pandoc = await asyncio.to_thread(find_pandoc)
        return PandocConverter(pandoc, Sanitizer(config.sandbox_uid_base - 1))

    @provide
    def packages(self, config: Config, converter: StatementConverter, pool: SandboxPool) -> Packages:
        """Read in limited processes, whose user is the one before those of the slots."""
        limits = UnpackingLimits(
            max_packed_size=config.max_package_size,
            max_unpacked_size=config.max_package_unpacked_size,
            max_file_size=config.max_package_file_size,
            max_files=config.max_package_files,
        )
        packages = LimitedPackages(config.data_dir / "packages", limits, config.sandbox_uid_base - 1)
        return ReadablePackages(packages=packages, converter=converter, pool=pool)

    @provide
    def worker_id(self) -> WorkerId:
        """A new one for each process: what an earlier one held is not ours."""
        return WorkerId(new_id())

    @provide
    def neighbours(self, config: Config, worker_id: WorkerId) -> Iterator[Neighbours]:
        """Workers that share this data directory."""
        neighbours = LockedNeighbours(config.data_dir / "workers", worker_id, BOOT_ID.read_text().strip())
        yield neighbours
        neighbours.close()

    @provide
    def policy(self, config: Config) -> JudgingPolicy:
        """As configured; the name is for people."""
        return JudgingPolicy(
            worker_name=f"{socket.gethostname()}-{os.getpid()}",
            lease=timedelta(seconds=config.worker_lease),
            max_attempts=config.worker_max_attempts,
        )

    @provide
    def run_policy(self, config: Config) -> RunPolicy:
        """As configured."""
        return RunPolicy(retry_near_limit=config.retry_near_limit)

    @provide
    def setter_programs(self, config: Config, toolchains: Toolchains, blobs: BlobStorage) -> SetterPrograms:
        """One cache for the process. Raises IncludeDirectoryError."""
        return SetterPrograms(toolchains=toolchains, blobs=blobs, headers=read_headers(config.include_dir))

    @provide
    async def host_toolchains(self, config: Config) -> HostToolchains:
        """Those that are found, or the configured ones among them. Asking them takes a second or two."""
        only = [name.strip() for name in config.worker_languages.split(",") if name.strip()]
        return await asyncio.to_thread(HostToolchains.detect, FolderCatalogue(), only)

    @provide
    def toolchains(self, found: HostToolchains) -> Toolchains:
        """The same, as the use cases know them."""
        return found

    @provide
    def meter(self, toolchains: Toolchains) -> JudgingMeter:
        """With the languages that are here."""
        return PrometheusMeter([*toolchains.available(), OUTPUT])

    @provide
    async def broker(self, url: RedisUrl, toolchains: Toolchains) -> AsyncIterator[BellBroker]:
        """In place of the server's: it hears what is rung for the languages that are here."""
        broker = BellBroker(url, [*toolchains.available(), OUTPUT])
        yield broker
        await broker.shutdown()

    @provide
    async def pool(self, config: Config, toolchains: HostToolchains) -> AsyncIterator[LauncherPool]:
        """A launcher for each slot. Raises what keeps the sandbox from its floor."""
        settings = SandboxSettings(
            slots=config.worker_slots,
            level=config.sandbox_level,
            floor=config.sandbox_floor,
            cgroup=config.sandbox_cgroup,
            uid_base=config.sandbox_uid_base,
            binds=tuple(map(str, toolchains.binds())),
            build_dir=config.build_dir,
        )
        async with LauncherPool(settings) as pool:
            yield pool

    @provide
    def sandboxes(self, pool: LauncherPool) -> SandboxPool:
        """The same, as the use cases know them."""
        return pool

    @provide
    def drain(self, container: AsyncContainer, fitness: Fitness) -> WorkDrain:
        """One for the process, so that a stop knows all that runs."""
        return WorkDrain(container, fitness)


def make_worker_container(config: Config) -> AsyncContainer:
    """Everything that a worker needs; nothing is built or started before it is asked for."""
    return make_async_container(
        ConfigProvider(),
        DatabaseProvider(),
        RepositoriesProvider(),
        GatewaysProvider(),
        WorkerProvider(),
        context={Config: config},
    )
