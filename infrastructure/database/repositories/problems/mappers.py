"""Between rows and the domain."""

from collections.abc import Iterable
from typing import Any

from domain.problems.entities import Problem, Revision, TestCase, TestExtras
from domain.problems.files import BlobRef
from domain.problems.package_import import PackageImport
from infrastructure.database.repositories.problems.models import ImportModel, ProblemModel

NO_EXTRAS = TestExtras()


def to_problem(model: ProblemModel, number: int | None, title: str | None) -> Problem:
    """``number`` and ``title`` are of the revision in force, if there is one."""
    return Problem(
        id=model.id,
        slug=model.slug,
        owner=model.owner,
        created_at=model.created_at,
        archived_at=model.archived_at,
        current=model.current,
        revision=number or 0,
        title=title or "",
    )


def to_revision(model: Any, tests: Iterable[Any]) -> Revision:
    """``model`` is a row of ``revisions``, ``tests`` are rows of ``test_cases`` in their order."""
    return Revision(
        id=model.id,
        problem_id=model.problem_id,
        number=model.number,
        title=model.title,
        limits=model.limits,
        checker=model.checker,
        scoring=model.scoring,
        groups=model.groups,
        tests=tuple(to_test(row) for row in tests),
        digest=model.digest,
        created_at=model.created_at,
        setup=model.setup,
        material=model.material,
    )


def revision_values(revision: Revision) -> dict[str, object]:
    """A row of ``revisions``."""
    return {
        "id": revision.id,
        "problem_id": revision.problem_id,
        "number": revision.number,
        "title": revision.title,
        "limits": revision.limits,
        "checker": revision.checker,
        "scoring": revision.scoring,
        "groups": revision.groups,
        "test_count": len(revision.tests),
        "digest": revision.digest,
        "setup": revision.setup,
        "material": revision.material,
        "created_at": revision.created_at,
    }


def to_test(row: Any) -> TestCase:
    """From a row of ``test_cases``."""
    return TestCase(
        name=row.name,
        group=row.group,
        sample=row.sample,
        points=row.points,
        input=BlobRef(row.input_digest, row.input_size),
        answer=BlobRef(row.answer_digest, row.answer_size),
        extras=row.extras or NO_EXTRAS,
    )


def to_import(model: ImportModel) -> PackageImport:
    """From a row of ``imports``."""
    return PackageImport(
        id=model.id,
        key_id=model.key_id,
        slug=model.slug,
        package=BlobRef(model.package_digest, model.package_size),
        status=model.status,
        created_at=model.created_at,
        format=model.format,
        revision=model.revision,
        complaints=model.complaints,
        finished_at=model.finished_at,
        warnings=model.warnings,
        progress=model.progress,
        proof=model.proof,
    )


def import_values(package_import: PackageImport) -> dict[str, object]:
    """A row of ``imports``."""
    return {
        "id": package_import.id,
        "key_id": package_import.key_id,
        "slug": package_import.slug,
        "package_digest": package_import.package.digest,
        "package_size": package_import.package.size,
        "status": package_import.status,
        "created_at": package_import.created_at,
        "format": package_import.format,
        "revision": package_import.revision,
        "complaints": package_import.complaints,
        "finished_at": package_import.finished_at,
        "warnings": package_import.warnings,
        "progress": package_import.progress,
        "proof": package_import.proof,
    }
