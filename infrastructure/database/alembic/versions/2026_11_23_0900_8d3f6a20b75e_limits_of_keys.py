"""Rates, quotas and last use of keys

Revision 8d3f6a20b75e, after c41b7d90e6f3; made 2026-11-23 09:00:00+00:00.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "8d3f6a20b75e"
down_revision = "c41b7d90e6f3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("request_rate", postgresql.JSONB(), nullable=True))
    op.add_column("api_keys", sa.Column("submission_rate", postgresql.JSONB(), nullable=True))
    op.add_column("api_keys", sa.Column("daily_quota", sa.Integer(), nullable=True))
    op.add_column("api_keys", sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "key_usage",
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("submissions", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"], ["api_keys.id"], name=op.f("fk_key_usage_key_id_api_keys"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key_id", "day", name=op.f("pk_key_usage")),
    )
    op.create_index("ix_key_usage_day", "key_usage", ["day"])


def downgrade() -> None:
    op.drop_table("key_usage")
    op.drop_column("api_keys", "last_used_at")
    op.drop_column("api_keys", "daily_quota")
    op.drop_column("api_keys", "submission_rate")
    op.drop_column("api_keys", "request_rate")
