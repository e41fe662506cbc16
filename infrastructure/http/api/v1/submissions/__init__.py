"""Submissions."""

from infrastructure.http.api.v1.submissions.router import router

__all__ = ["router"]
