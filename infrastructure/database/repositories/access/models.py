from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Date, DateTime, ForeignKey, Index, Integer, LargeBinary, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.access.audit import AuditEntryId
from domain.access.entities import ApiKeyId
from domain.access.enums import Scope
from domain.access.rates import Rate
from infrastructure.database.postgres import Base
from infrastructure.database.types import EnumSet, JsonOf


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
    request_rate: Mapped[Rate | None] = mapped_column(JsonOf(Rate))
    submission_rate: Mapped[Rate | None] = mapped_column(JsonOf(Rate))
    daily_quota: Mapped[int | None] = mapped_column(Integer)
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class KeyUsageModel(Base):
    """Submissions of a key that has a quota, by days of UTC."""

    __tablename__ = "key_usage"
    __table_args__ = (Index("ix_key_usage_day", "day"),)

    key_id: Mapped[ApiKeyId] = mapped_column(ForeignKey("api_keys.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    submissions: Mapped[int] = mapped_column(Integer)


class AuditEntryModel(Base):
    """Ids are made by the clock: their order is that of the acts. Without a foreign key: it outlives what it names."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_act", "act", "id"),
        Index("ix_audit_entries_key", "key_id", "id"),
        Index("ix_audit_entries_target", "target", "id"),
    )

    id: Mapped[AuditEntryId] = mapped_column(Uuid, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    key_id: Mapped[ApiKeyId | None] = mapped_column(Uuid)
    key_name: Mapped[str | None] = mapped_column(Text)
    act: Mapped[str] = mapped_column(Text)
    target: Mapped[str] = mapped_column(Text)
    details: Mapped[Mapping[str, object]] = mapped_column(JSONB)
    request_id: Mapped[str | None] = mapped_column(Text)
    client: Mapped[str | None] = mapped_column(Text)
