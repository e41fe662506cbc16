"""What is forgotten by its age: by servers in their upkeep, and by ``gc``."""

from collections.abc import Iterator
from datetime import timedelta

from application.retention.forget_audit_entries import ForgetAuditEntries
from application.retention.forget_imports import ForgetImports
from application.retention.forget_submissions import ForgetSubmissions
from infrastructure.config import Config

Forget = ForgetSubmissions | ForgetAuditEntries | ForgetImports


def retention(config: Config) -> Iterator[tuple[type[Forget], str, timedelta]]:
    """The use case, what it forgets, and how long that is kept; without what is kept for ever."""
    kinds: tuple[tuple[type[Forget], str, int], ...] = (
        (ForgetSubmissions, "submissions", config.retention_days),
        (ForgetAuditEntries, "audit entries", config.audit_retention_days),
        (ForgetImports, "imports", config.import_retention_days),
    )
    for use_case, what, days in kinds:
        if days:
            yield use_case, what, timedelta(days=days)
