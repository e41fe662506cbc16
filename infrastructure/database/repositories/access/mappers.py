"""Between rows and the domain."""

from adaptix.conversion import get_converter

from domain.access.entities import ApiKey
from infrastructure.database.repositories.access.models import ApiKeyModel

to_key = get_converter(ApiKeyModel, ApiKey)
