from application.access.usecases.admit_request import AdmitRequest
from application.access.usecases.authenticate_key import AuthenticateKey
from application.access.usecases.change_key import ChangeKey, KeyChanges
from application.access.usecases.create_key import CreatedKey, CreateKey
from application.access.usecases.get_key import GetKey
from application.access.usecases.list_audit_entries import ListAuditEntries
from application.access.usecases.list_keys import ListKeys
from application.access.usecases.record_key_use import RecordKeyUse
from application.access.usecases.revoke_key import RevokeKey

__all__ = [
    "AdmitRequest",
    "AuthenticateKey",
    "ChangeKey",
    "CreateKey",
    "CreatedKey",
    "GetKey",
    "KeyChanges",
    "ListAuditEntries",
    "ListKeys",
    "RecordKeyUse",
    "RevokeKey",
]
