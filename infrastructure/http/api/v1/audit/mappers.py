from uuid import UUID

from domain.access.audit import AuditEntry, AuditEntryId
from infrastructure.http.api.pagination import bad_cursor, decode_cursor, encode_cursor
from infrastructure.http.api.v1.audit.models import AuditEntryModel


def audit_entry_model(entry: AuditEntry) -> AuditEntryModel:
    """As it was noted."""
    return AuditEntryModel(
        id=entry.id,
        at=entry.at,
        key=entry.key_id,
        key_name=entry.key_name,
        act=entry.act,
        target=entry.target,
        details=dict(entry.details),
        request_id=entry.request_id,
        client=entry.client,
    )


def entry_before(cursor: str | None) -> AuditEntryId | None:
    """Where the part of the list begins. Raises Invalid."""
    try:
        return None if cursor is None else AuditEntryId(UUID(decode_cursor(cursor)))
    except ValueError:
        raise bad_cursor() from None


def cursor_after(entry: AuditEntry) -> str:
    """For the part that follows."""
    return encode_cursor(str(entry.id))
