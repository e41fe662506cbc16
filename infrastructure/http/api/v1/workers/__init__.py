"""Workers."""

from infrastructure.http.api.v1.workers.router import router

__all__ = ["router"]
