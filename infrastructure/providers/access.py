from dishka import AsyncContainer, Provider, Scope, make_async_container, provide, provide_all

from application.access.recent_keys import RecentKeys
from application.access.usecases import AuthenticateKey, CreateKey, ListKeys, RevokeKey
from application.audit_log import AuditLog
from application.clock import Clock
from application.idempotency.replies import Replies
from application.idempotency.reply_keeper import ReplyKeeper
from domain.access.repositories import ApiKeyRepository, AuditRepository
from infrastructure.config import Config
from infrastructure.database.repositories.access.repositories import SqlApiKeyRepository, SqlAuditRepository
from infrastructure.database.repositories.idempotency.repositories import SqlReplies
from infrastructure.providers.config import ConfigProvider
from infrastructure.providers.database import DatabaseProvider
from infrastructure.system_clock import SystemClock


class AccessProvider(Provider):
    """Keys alone, for the command line: quicker to import than everything."""

    scope = Scope.REQUEST

    clock = provide(SystemClock, provides=Clock)

    @provide
    def recent(self) -> RecentKeys:
        """Nothing is remembered between two commands."""
        return RecentKeys()

    keys = provide(SqlApiKeyRepository, provides=ApiKeyRepository)
    entries = provide(SqlAuditRepository, provides=AuditRepository)
    audit = provide(AuditLog)
    replies = provide(SqlReplies, provides=Replies)
    reply = provide(ReplyKeeper)
    access = provide_all(AuthenticateKey, CreateKey, ListKeys, RevokeKey)


def make_access_container(config: Config) -> AsyncContainer:
    """What managing keys needs."""
    return make_async_container(ConfigProvider(), DatabaseProvider(), AccessProvider(), context={Config: config})
