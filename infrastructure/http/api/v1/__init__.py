"""Version 1 of the interface: the routers of all modules."""

from infrastructure.http.api.v1 import access, audit, languages, problems, rejudges, submissions, workers

PREFIX = "/api/v1"
ROUTERS = (
    submissions.router,
    problems.router,
    problems.file_router,
    languages.router,
    access.router,
    workers.router,
    audit.router,
    rejudges.router,
)
"""The busiest first: a path is looked for in this order. Not nested, since each level is gone through again."""
