from dataclasses import asdict
from datetime import timedelta

from domain.problems.entities import Complaint
from domain.problems.package_import import PackageImport
from domain.problems.proof import Proof, ReferenceProof
from domain.verdicts import Verdict
from infrastructure.http.api.v1.problems.import_models import (
    ComplaintModel,
    ImportModel,
    ProgressModel,
    ReferenceModel,
    ReportModel,
    SkippedModel,
)


def import_model(package_import: PackageImport) -> ImportModel:
    """Complaints in the order of finding."""
    progress = package_import.progress
    return ImportModel(
        id=package_import.id,
        problem=package_import.slug,
        revision=package_import.revision,
        status=package_import.status,
        format=package_import.format,
        complaints=list(map(_complaint, package_import.complaints)),
        warnings=list(map(_complaint, package_import.warnings)),
        progress=None if progress is None else ProgressModel(**asdict(progress)),
        report=None if package_import.proof is None else _report(package_import.proof),
        created_at=package_import.created_at,
        finished_at=package_import.finished_at,
    )


def _complaint(complaint: Complaint) -> ComplaintModel:
    return ComplaintModel(message=complaint.message, file=complaint.file, line=complaint.line)


def _report(proof: Proof) -> ReportModel:
    times = proof.times
    return ReportModel(
        time_limit=times.limit.total_seconds(),
        proposed_time_limit=_seconds(times.proposed),
        slowest_accepted=_seconds(times.slowest_accepted),
        fastest_slow=_seconds(times.fastest_slow),
        margin=times.margin,
        machine=proof.machine,
        submissions=list(map(_reference, proof.references)),
        skipped=[SkippedModel(path=skipped.path, reason=skipped.reason) for skipped in proof.skipped],
    )


def _reference(reference: ReferenceProof) -> ReferenceModel:
    return ReferenceModel(
        path=reference.path,
        language=reference.language,
        expected=list(map(Verdict, reference.expected)),
        verdict=reference.verdict,
        score=reference.score,
        cpu_time=_seconds(reference.cpu_time),
        ok=reference.ok,
        too_close=reference.too_close,
        message=reference.message,
    )


def _seconds(time: timedelta | None) -> float | None:
    return None if time is None else time.total_seconds()
