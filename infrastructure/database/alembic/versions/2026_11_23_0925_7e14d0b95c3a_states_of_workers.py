"""States of workers

Revision 7e14d0b95c3a, after c83f0d6a2e17; made 2026-11-23 09:25:00+00:00.
"""

import sqlalchemy as sa
from alembic import op

revision = "7e14d0b95c3a"
down_revision = "c83f0d6a2e17"
branch_labels = None
depends_on = None


def upgrade() -> None:
    states = sa.Enum("ready", "draining", name="state", native_enum=False, create_constraint=True, length=32)
    op.add_column("workers", sa.Column("state", states, server_default="ready", nullable=False))


def downgrade() -> None:
    op.drop_column("workers", "state")
