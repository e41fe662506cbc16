"""Problems and package imports."""

from infrastructure.http.api.v1.problems.router import router

__all__ = ["router"]
