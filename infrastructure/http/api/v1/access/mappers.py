from typing import cast

from application.access.usecases import CreatedKey, KeyChanges
from domain.access.entities import ApiKey
from domain.access.rates import Rate
from infrastructure.http.api.v1.access.models import (
    CreatedKeyModel,
    KeyChangesModel,
    KeyModel,
    RateModel,
    ShownKeyModel,
)


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
        request_rate=_rate_model(key.request_rate),
        submission_rate=_rate_model(key.submission_rate),
        daily_quota=key.daily_quota,
        last_used_at=key.last_used_at,
    )


def shown_key_model(key: ApiKey, submissions_today: int | None) -> ShownKeyModel:
    """With what is used of its quota."""
    return ShownKeyModel(**dict(key_model(key)), submissions_today=submissions_today)


def created_key_model(created: CreatedKey) -> CreatedKeyModel:
    """With the secret."""
    return CreatedKeyModel(**dict(key_model(created.key)), secret=created.secret)


def rate(model: RateModel | None) -> Rate | None:
    """A burst that is not given is the limit."""
    if model is None:
        return None
    return Rate(model.limit, model.per, model.limit if model.burst is None else model.burst)


def key_changes(model: KeyChangesModel) -> KeyChanges:
    """What was sent, and nothing else."""
    sent = {name: getattr(model, name) for name in model.model_fields_set}
    return cast("KeyChanges", {n: rate(v) if isinstance(v, RateModel) else v for n, v in sent.items()})


def _rate_model(rate: Rate | None) -> RateModel | None:
    return None if rate is None else RateModel(limit=rate.limit, per=rate.per, burst=rate.burst)
