"""Between rows and the domain."""

from adaptix.conversion import get_converter

from domain.access.audit import AuditEntry
from domain.access.entities import ApiKey
from infrastructure.database.repositories.access.models import ApiKeyModel, AuditEntryModel

to_key = get_converter(ApiKeyModel, ApiKey)
to_entry = get_converter(AuditEntryModel, AuditEntry)
