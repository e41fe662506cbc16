from dishka import Provider, Scope, provide, provide_all

from application.access.allowance import Allowance
from application.access.recent_keys import RecentKeys
from application.access.usecases import (
    AdmitRequest,
    AuthenticateKey,
    ChangeKey,
    CreateKey,
    GetKey,
    ListAuditEntries,
    ListKeys,
    RecordKeyUse,
    RevokeKey,
)
from application.audit_log import AuditLog
from application.health.probe import Probe
from application.health.usecases import CheckReadiness
from application.idempotency.reply_keeper import ReplyKeeper
from application.idempotency.usecases import AnswerOnce, ForgetReplies
from application.languages.usecases import ListLanguages
from application.problems.package_writer import PackageWriter
from application.problems.revision_builder import RevisionBuilder
from application.problems.revision_publisher import RevisionPublisher
from application.problems.revision_reader import RevisionReader
from application.problems.usecases import (
    ArchiveProblem,
    ExportPackage,
    GetAttachment,
    GetImport,
    GetLastImport,
    GetProblem,
    GetSampleFile,
    GetStatement,
    GetStatementFile,
    ListAttachments,
    ListProblems,
    ListRevisions,
    ListSamples,
    ListStatements,
    ListTests,
    PutProblem,
    RequestImport,
)
from application.retention.forget_audit_entries import ForgetAuditEntries
from application.retention.forget_imports import ForgetImports
from application.retention.forget_submissions import ForgetSubmissions
from application.submissions.back_pressure import BackPressure
from application.submissions.policy import SubmissionPolicy
from application.submissions.rejudging import Rejudging
from application.submissions.usecases import (
    CancelRejudge,
    CancelSubmission,
    DeleteSubmission,
    GetRejudge,
    GetSources,
    GetSubmission,
    ListJobs,
    ListRejudges,
    ListSubmissions,
    RejudgeSubmission,
    RejudgeSubmissions,
    SubmitSolutions,
)
from application.workers.usecases import DrainWorker, ListWorkers
from domain.problems.validation import LimitRanges
from domain.workers.repositories import WorkerRepository
from infrastructure.config import Config
from infrastructure.packages.plain_writer import PlainPackageWriter
from infrastructure.providers.config import limit_ranges


class ServerUsecasesProvider(Provider):
    """What the server does; the worker's use cases are its own provider's."""

    scope = Scope.REQUEST

    access = provide_all(
        AdmitRequest,
        Allowance,
        AuditLog,
        AuthenticateKey,
        ChangeKey,
        CreateKey,
        GetKey,
        ListAuditEntries,
        ListKeys,
        RecordKeyUse,
        RevokeKey,
    )
    retention = provide_all(ForgetAuditEntries, ForgetImports, ForgetSubmissions)
    idempotency = provide_all(AnswerOnce, ForgetReplies, ReplyKeeper)
    languages = provide_all(ListLanguages, ListWorkers, DrainWorker)
    problems = provide_all(
        ArchiveProblem,
        ExportPackage,
        GetImport,
        GetLastImport,
        GetProblem,
        ListProblems,
        ListRevisions,
        ListTests,
        PutProblem,
        RequestImport,
    )
    files = provide_all(
        GetAttachment,
        GetSampleFile,
        GetStatement,
        GetStatementFile,
        ListAttachments,
        ListSamples,
        ListStatements,
        RevisionReader,
    )
    submissions = provide_all(
        CancelSubmission, DeleteSubmission, GetSources, GetSubmission, ListJobs, ListSubmissions, SubmitSolutions
    )
    rejudges = provide_all(CancelRejudge, GetRejudge, ListRejudges, RejudgeSubmission, RejudgeSubmissions, Rejudging)
    revisions = provide_all(RevisionBuilder, RevisionPublisher)

    @provide(scope=Scope.APP)
    def ranges(self, config: Config) -> LimitRanges:
        """Of problems that come in a request's body."""
        return limit_ranges(config, config.max_inline_tests)

    @provide(scope=Scope.APP)
    def package_writer(self, config: Config) -> PackageWriter:
        """Of problems that did not come in packages."""
        return PlainPackageWriter(config.data_dir / "exports")

    recent_keys = provide(RecentKeys, scope=Scope.APP)

    @provide(scope=Scope.APP)
    def back_pressure(self, policy: SubmissionPolicy) -> BackPressure:
        """Shared, so that the backlog is not counted for each request."""
        return BackPressure(policy)

    @provide
    def readiness(self, probes: list[Probe], workers: WorkerRepository, policy: SubmissionPolicy) -> CheckReadiness:
        """Of everything that requests need."""
        return CheckReadiness(probes=probes, workers=workers, policy=policy)
