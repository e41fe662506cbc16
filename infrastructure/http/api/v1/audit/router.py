from typing import Annotated

from dishka import FromDishka
from fastapi import APIRouter, Query

from application.access.usecases import ListAuditEntries
from domain.access.audit import AuditFilter
from domain.access.entities import ApiKeyId
from infrastructure.http.api.caller import Caller
from infrastructure.http.api.models import Page
from infrastructure.http.api.pagination import Cursor, Limit
from infrastructure.http.api.responses import errors
from infrastructure.http.api.route import ApiRoute
from infrastructure.http.api.v1.audit.mappers import audit_entry_model, cursor_after, entry_before
from infrastructure.http.api.v1.audit.models import AuditEntryModel

router = APIRouter(prefix="/audit", tags=["audit"], route_class=ApiRoute)

Name = Annotated[str | None, Query(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


@router.get("", summary="Who has done what", responses=errors(403))
async def list_audit_entries(
    caller: Caller,
    use_case: FromDishka[ListAuditEntries],
    act: Name = None,
    target: Name = None,
    key: ApiKeyId | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[AuditEntryModel]:
    """Scope `admin`. Administrative acts, newest first: what was done to keys, problems and so on."""
    filter_ = AuditFilter(act=act, target=target, key_id=key, before=entry_before(cursor))
    entries = await use_case(caller, filter_, limit + 1)
    next_cursor = cursor_after(entries[limit - 1]) if len(entries) > limit else None
    return Page(items=[audit_entry_model(entry) for entry in entries[:limit]], next_cursor=next_cursor)
