from application.access.usecases.authenticate_key import AuthenticateKey
from application.access.usecases.create_key import CreatedKey, CreateKey
from application.access.usecases.list_audit_entries import ListAuditEntries
from application.access.usecases.list_keys import ListKeys
from application.access.usecases.revoke_key import RevokeKey

__all__ = ["AuthenticateKey", "CreateKey", "CreatedKey", "ListAuditEntries", "ListKeys", "RevokeKey"]
