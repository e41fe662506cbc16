from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, LargeBinary, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.access.entities import ApiKeyId
from infrastructure.database.postgres import Base


class ReplyModel(Base):
    """``status`` NULL: the request is in work until ``claimed_until``. ``body`` is sealed."""

    __tablename__ = "replies"
    __table_args__ = (
        CheckConstraint("(status IS NULL) = (body IS NULL) AND (status IS NULL) = (headers IS NULL)", "whole_reply"),
        Index("ix_replies_expires_at", "expires_at"),
    )

    key_id: Mapped[ApiKeyId] = mapped_column(ForeignKey("api_keys.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    token: Mapped[UUID] = mapped_column(Uuid)
    claimed_until: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    status: Mapped[int | None] = mapped_column(SmallInteger)
    headers: Mapped[Mapping[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
