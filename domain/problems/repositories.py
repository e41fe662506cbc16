from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.access.entities import ApiKeyId
from domain.problems.entities import ImportId, Problem, ProblemId, Revision, RevisionId, Slug
from domain.problems.package_import import PackageImport
from domain.problems.proof import Progress


class ProblemRepository(Protocol):
    """Problems and their revisions."""

    async def by_slug(self, slug: Slug, *, for_update: bool = False) -> Problem | None:
        """The problem, archived or not; ``for_update`` locks it until the transaction ends."""

    async def add(self, problem: Problem) -> Problem:
        """Store a new problem; if the slug exists already (a race), answer the stored one, locked."""

    async def list_page(self, limit: int, after: Slug | None) -> list[Problem]:
        """Those not archived that have a revision in force, by slug, after ``after``."""

    async def remove_unused(self, moment: datetime, most: int) -> int:
        """Forget revisions of no problem (submissions' own tests) that were made before and that no submission and no
        job judges by. How many were.
        """

    async def archive(self, problem_id: ProblemId) -> None:
        """Hide it; its submissions stay."""

    async def add_revision(self, revision: Revision) -> None:
        """Store a revision with its tests, without putting it in force."""

    async def put_in_force(self, problem_id: ProblemId, revision_id: RevisionId) -> None:
        """Make it the current revision (and the problem no longer archived)."""

    async def revision(self, revision_id: RevisionId, *, tests: bool = True) -> Revision:
        """A stored revision; without ``tests`` its tests are empty (cheaper). Raises ProblemNotFound."""

    async def numbered(self, problem_id: ProblemId, number: int, *, tests: bool = True) -> Revision | None:
        """A problem's revision by its number; without ``tests`` as above."""

    async def revisions(self, problem_id: ProblemId) -> Sequence[Revision]:
        """All of a problem, oldest first, without tests."""


class ImportRepository(Protocol):
    """Package imports."""

    async def add(self, package_import: PackageImport) -> None:
        """Store a new one."""

    async def by_id(self, import_id: ImportId) -> PackageImport | None:
        """The import."""

    async def save(self, package_import: PackageImport) -> None:
        """Store its new state."""

    async def claim(self, import_id: ImportId) -> PackageImport | None:
        """Take a PENDING one, or a PROVING one older than 10 minutes (its worker died): it becomes PROVING. None:
        gone.
        """

    async def keep(self, import_id: ImportId, progress: Progress | None) -> bool:
        """Note where the proof of a PROVING one stands; it is not given to others for another 10 minutes. False: it is
        no longer PROVING.
        """

    async def list_waiting(self, limit: int) -> list[ImportId]:
        """Those that ``claim`` would give, oldest first."""

    async def last_of(self, slug: Slug, key_id: ApiKeyId | None) -> PackageImport | None:
        """The newest for a slug; of this key alone, or (None) of any."""

    async def accepted_as(self, slug: Slug, revision: int) -> PackageImport | None:
        """The first that made this revision."""

    async def remove_before(self, moment: datetime, most: int) -> int:
        """Some of those that ended before, but for those that made a revision in force; how many."""
