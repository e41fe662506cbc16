"""API keys."""

from infrastructure.http.api.v1.access.router import router

__all__ = ["router"]
