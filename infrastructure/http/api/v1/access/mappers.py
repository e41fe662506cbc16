from application.access.usecases import CreatedKey
from domain.access.entities import ApiKey
from infrastructure.http.api.v1.access.models import CreatedKeyModel, KeyModel


def key_model(key: ApiKey) -> KeyModel:
    """Scopes in a fixed order; the digest stays here."""
    return KeyModel(
        id=key.id,
        name=key.name,
        scopes=sorted(key.scopes),
        max_priority=key.max_priority,
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
    )


def created_key_model(created: CreatedKey) -> CreatedKeyModel:
    """With the secret."""
    return CreatedKeyModel(**dict(key_model(created.key)), secret=created.secret)
