"""Rejudges."""

from infrastructure.http.api.v1.rejudges.router import router

__all__ = ["router"]
