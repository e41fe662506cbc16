from dishka import FromDishka
from fastapi import APIRouter

from application.languages.usecases import ListLanguages
from infrastructure.http.api.models import Page
from infrastructure.http.api.pagination import Cursor, Limit, slice_page
from infrastructure.http.api.responses import errors
from infrastructure.http.api.route import ApiRoute
from infrastructure.http.api.v1.languages.mappers import language_model
from infrastructure.http.api.v1.languages.models import LanguageModel

router = APIRouter(prefix="/languages", tags=["languages"], route_class=ApiRoute)


@router.get("", summary="What live workers can judge", responses=errors())
async def list_languages(
    use_case: FromDishka[ListLanguages], limit: Limit = 100, cursor: Cursor = None
) -> Page[LanguageModel]:
    """By id, with the versions that the workers have found on their machines."""
    offers, next_cursor = slice_page(await use_case(), limit, cursor)
    return Page(items=[language_model(offer) for offer in offers], next_cursor=next_cursor)
