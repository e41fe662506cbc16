from datetime import timedelta
from typing import NewType

from dishka import Provider, Scope, from_context, provide

from application.problems.policy import ImportPolicy
from application.submissions.policy import SubmissionPolicy
from domain.problems.validation import LimitRanges
from domain.submissions.validation import MetadataRules, SourceRules
from infrastructure.config import Config

DatabaseUrl = NewType("DatabaseUrl", str)
RedisUrl = NewType("RedisUrl", str)


class MissingSetting(Exception):
    """A setting without a default is not set."""

    def __init__(self, name: str, example: str) -> None:
        super().__init__(name, example)
        self.name, self.example = name, example

    def __str__(self) -> str:
        return f"{self.name} is not set; for example {self.name}={self.example} (or './proba up', which needs none)"


def limit_ranges(config: Config, max_tests: int) -> LimitRanges:
    """What a problem may ask for; how many tests it may have depends on the way it comes in."""
    return LimitRanges(
        max_cpu_time=timedelta(seconds=config.max_cpu_time),
        max_wall_time=timedelta(seconds=config.max_wall_time),
        max_memory=config.max_memory,
        max_output=config.max_output,
        max_processes=config.max_processes,
        max_tests=max_tests,
    )


class ConfigProvider(Provider):
    """Settings, and the parts of them that the inner layers understand."""

    scope = Scope.APP
    config = from_context(Config)

    @provide
    def database_url(self, config: Config) -> DatabaseUrl:
        """Raises MissingSetting."""
        if not config.database_url:
            raise MissingSetting("PROBA_DATABASE_URL", "postgresql+asyncpg://proba:proba@localhost:5432/proba")
        return DatabaseUrl(config.database_url)

    @provide
    def redis_url(self, config: Config) -> RedisUrl:
        """Raises MissingSetting."""
        if not config.redis_url:
            raise MissingSetting("PROBA_REDIS_URL", "redis://localhost:6379/0")
        return RedisUrl(config.redis_url)

    @provide
    def submission_policy(self, config: Config) -> SubmissionPolicy:
        """Back-pressure and waiting."""
        return SubmissionPolicy(max_backlog=config.max_backlog, worker_lifetime=timedelta(seconds=config.worker_lease))

    @provide
    def source_rules(self, config: Config) -> SourceRules:
        """What may be sent in."""
        return SourceRules(max_sources=config.max_sources, max_source_size=config.max_source_size)

    @provide
    def import_policy(self, config: Config) -> ImportPolicy:
        """How large an upload may be."""
        return ImportPolicy(max_package_size=config.max_package_size)

    @provide
    def metadata_rules(self) -> MetadataRules:
        """How much of its own a client may keep with a submission."""
        return MetadataRules()
