from typing import Annotated

from dishka import FromDishka
from fastapi import APIRouter, Path, Response

from application.access.usecases import ChangeKey, CreateKey, GetKey, ListKeys, RevokeKey
from application.idempotency.reply_keeper import ReplyKeeper
from domain.access.entities import ApiKeyId
from infrastructure.http.api.caller import Caller
from infrastructure.http.api.idempotency import reply
from infrastructure.http.api.models import Page
from infrastructure.http.api.pagination import Cursor, Limit, slice_page
from infrastructure.http.api.responses import BODY, errors
from infrastructure.http.api.route import ApiRoute
from infrastructure.http.api.v1.access.mappers import created_key_model, key_changes, key_model, rate, shown_key_model
from infrastructure.http.api.v1.access.models import (
    CreatedKeyModel,
    KeyChangesModel,
    KeyModel,
    NewKeyModel,
    ShownKeyModel,
)

router = APIRouter(prefix="/keys", tags=["keys"], route_class=ApiRoute)

KeyPath = Annotated[ApiKeyId, Path()]
NO_STORE = {"Cache-Control": "no-store"}


@router.post("", status_code=201, summary="Make an API key", responses=errors(403, *BODY))
async def create_key(
    body: NewKeyModel,
    caller: Caller,
    response: Response,
    use_case: FromDishka[CreateKey],
    keeper: FromDishka[ReplyKeeper],
) -> CreatedKeyModel:
    """Scope `admin`. The secret is in this answer and nowhere else."""
    keeper.show_as(lambda created: reply(201, created_key_model(created), NO_STORE))
    created = await use_case(
        body.name,
        frozenset(body.scopes),
        body.max_priority,
        body.expires_at,
        request_rate=rate(body.request_rate),
        submission_rate=rate(body.submission_rate),
        daily_quota=body.daily_quota,
        caller=caller,
    )
    response.headers.update(NO_STORE)
    return created_key_model(created)


@router.get("", summary="List API keys", responses=errors(403))
async def list_keys(
    caller: Caller, use_case: FromDishka[ListKeys], limit: Limit = 100, cursor: Cursor = None
) -> Page[KeyModel]:
    """Scope `admin`. Oldest first, revoked ones too; never a secret."""
    keys, next_cursor = slice_page(await use_case(caller), limit, cursor)
    return Page(items=[key_model(key) for key in keys], next_cursor=next_cursor)


@router.get("/{key_id}", summary="Read an API key", responses=errors(403, 404))
async def get_key(key_id: KeyPath, caller: Caller, use_case: FromDishka[GetKey]) -> ShownKeyModel:
    """Scope `admin`. With what it has used of today's quota."""
    return shown_key_model(*await use_case(caller, key_id))


@router.patch("/{key_id}", summary="Change an API key", responses=errors(403, 404, 409, *BODY))
async def change_key(
    key_id: KeyPath, body: KeyChangesModel, caller: Caller, use_case: FromDishka[ChangeKey]
) -> KeyModel:
    """Scope `admin`. Fields that are left out stay; `null` takes a limit away. It holds within a second, everywhere."""
    return key_model(await use_case(caller, key_id, key_changes(body)))


@router.delete("/{key_id}", status_code=204, summary="Revoke an API key", responses=errors(403, 404))
async def revoke_key(key_id: KeyPath, caller: Caller, use_case: FromDishka[RevokeKey]) -> None:
    """Scope `admin`. It is refused within a second, everywhere; what it sent in stays."""
    await use_case(caller, key_id)
