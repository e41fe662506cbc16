"""Complaints of workers

Revision b41d27c9e0f6, after 3f9a61c7d8e2; made 2026-11-23 11:05:00+00:00.
"""

import sqlalchemy as sa
from alembic import op

revision = "b41d27c9e0f6"
down_revision = "3f9a61c7d8e2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workers", sa.Column("complaint", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("workers", "complaint")
