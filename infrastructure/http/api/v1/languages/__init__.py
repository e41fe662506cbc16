"""Languages."""

from infrastructure.http.api.v1.languages.router import router

__all__ = ["router"]
