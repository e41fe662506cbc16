"""TEMPORARY, uncommitted: replaced by the packages engineer."""
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from application.problems.packages import PackageRejected, ProblemDraft
from application.sandbox import Content
from domain.problems.entities import Complaint
class LimitedPackages:
    @asynccontextmanager
    async def read(self, package: Content) -> AsyncIterator[ProblemDraft]:
        raise PackageRejected(Complaint("not built yet"))
        yield ProblemDraft()
