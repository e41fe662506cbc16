"""Version 1 of the interface: the routers of all modules."""

from fastapi import APIRouter

from infrastructure.http.api.v1 import access, languages, problems, submissions, workers

router = APIRouter(prefix="/api/v1")
for module in (languages, problems, submissions, access, workers):
    router.include_router(module.router)
