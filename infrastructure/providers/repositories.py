from dishka import Provider, Scope, provide

from application.idempotency.replies import Replies
from application.submissions.job_ledger import JobLedger
from domain.access.repositories import ApiKeyRepository, AuditRepository
from domain.problems.repositories import ImportRepository, ProblemRepository
from domain.submissions.repositories import RejudgeRepository, SubmissionRepository
from domain.workers.repositories import WorkerRepository
from infrastructure.database.repositories.access.repositories import SqlApiKeyRepository, SqlAuditRepository
from infrastructure.database.repositories.idempotency.repositories import SqlReplies
from infrastructure.database.repositories.problems.repositories import SqlImportRepository, SqlProblemRepository
from infrastructure.database.repositories.submissions.job_ledger import SqlJobLedger
from infrastructure.database.repositories.submissions.rejudges import SqlRejudgeRepository
from infrastructure.database.repositories.submissions.repositories import SqlSubmissionRepository
from infrastructure.database.repositories.workers.repositories import SqlWorkerRepository


class RepositoriesProvider(Provider):
    """Repositories share the request's session; the ledger has transactions of its own."""

    scope = Scope.REQUEST

    keys = provide(SqlApiKeyRepository, provides=ApiKeyRepository)
    audit = provide(SqlAuditRepository, provides=AuditRepository)
    problems = provide(SqlProblemRepository, provides=ProblemRepository)
    imports = provide(SqlImportRepository, provides=ImportRepository)
    rejudges = provide(SqlRejudgeRepository, provides=RejudgeRepository)
    submissions = provide(SqlSubmissionRepository, provides=SubmissionRepository)
    workers = provide(SqlWorkerRepository, provides=WorkerRepository)
    replies = provide(SqlReplies, provides=Replies)
    ledger = provide(SqlJobLedger, provides=JobLedger, scope=Scope.APP)
