"""Problems and package imports."""

from infrastructure.http.api.v1.problems.files_router import router as file_router
from infrastructure.http.api.v1.problems.router import router

__all__ = ["file_router", "router"]
