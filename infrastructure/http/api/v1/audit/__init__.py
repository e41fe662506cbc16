"""The audit log."""

from infrastructure.http.api.v1.audit.router import router

__all__ = ["router"]
