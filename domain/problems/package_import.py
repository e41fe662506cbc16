from dataclasses import dataclass
from datetime import datetime

from domain.access.entities import ApiKeyId
from domain.problems.entities import Complaint, ImportId, Slug
from domain.problems.enums import ImportStatus
from domain.problems.files import BlobRef
from domain.problems.proof import Progress, Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageImport:
    """One upload of a package. ``package`` is the upload's blob.

    ``progress`` is where a proof that goes on stands. ``proof`` is what the package has shown of itself, whether it was
    accepted or not; None: it could not even be read, or its proof is not at its end.
    """

    id: ImportId
    key_id: ApiKeyId
    slug: Slug | None
    package: BlobRef
    status: ImportStatus
    created_at: datetime
    format: str | None = None
    revision: int | None = None
    complaints: tuple[Complaint, ...] = ()
    finished_at: datetime | None = None
    warnings: tuple[Complaint, ...] = ()
    progress: Progress | None = None
    proof: Proof | None = None
