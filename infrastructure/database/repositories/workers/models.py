from datetime import datetime

from sqlalchemy import DateTime, Integer, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from domain.languages.entities import Language
from domain.workers.entities import WorkerId, WorkerState
from infrastructure.database.postgres import Base
from infrastructure.database.types import JsonOf, enum_text


class WorkerModel(Base):
    """``heartbeat_at`` has no index: so a heartbeat rewrites the row in place."""

    __tablename__ = "workers"
    __table_args__ = {"postgresql_with": {"fillfactor": 50}}  # noqa: RUF012  # SQLAlchemy reads it so

    id: Mapped[WorkerId] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    slots: Mapped[int] = mapped_column(Integer)
    isolation: Mapped[str] = mapped_column(Text)
    languages: Mapped[tuple[Language, ...]] = mapped_column(JsonOf(tuple[Language, ...]))
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    heartbeat_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    state: Mapped[WorkerState] = mapped_column(enum_text(WorkerState, "state"), server_default="ready")
    complaint: Mapped[str] = mapped_column(Text, server_default="")
