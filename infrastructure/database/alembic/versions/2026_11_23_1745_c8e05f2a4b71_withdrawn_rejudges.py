"""Withdrawn rejudges

Revision c8e05f2a4b71, after b41d27c9e0f6; made 2026-11-23 17:45:00+00:00.
"""

import sqlalchemy as sa
from alembic import op

revision = "c8e05f2a4b71"
down_revision = "b41d27c9e0f6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rejudges", sa.Column("withdrawn", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("rejudges", "withdrawn")
