"""Proofs of imports, where they stand, and what they only warn of

Revision 9be21f5d3a07, after 4d1f0c7a92be; made 2026-11-23 06:10:00+00:00.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "9be21f5d3a07"
down_revision = "4d1f0c7a92be"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("imports", sa.Column("warnings", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.alter_column("imports", "warnings", server_default=None)
    op.add_column("imports", sa.Column("progress", postgresql.JSONB(), nullable=True))
    op.add_column("imports", sa.Column("proof", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("imports", "proof")
    op.drop_column("imports", "progress")
    op.drop_column("imports", "warnings")
