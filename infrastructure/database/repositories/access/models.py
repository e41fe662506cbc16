from datetime import datetime

from sqlalchemy import DateTime, LargeBinary, SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from domain.access.entities import ApiKeyId
from domain.access.enums import Scope
from infrastructure.database.postgres import Base
from infrastructure.database.types import EnumSet


class ApiKeyModel(Base):
    __tablename__ = "api_keys"

    id: Mapped[ApiKeyId] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    scopes: Mapped[frozenset[Scope]] = mapped_column(EnumSet(Scope))
    max_priority: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
