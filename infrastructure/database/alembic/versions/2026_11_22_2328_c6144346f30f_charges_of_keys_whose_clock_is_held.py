"""Charges of keys whose clock is held

Revision c6144346f30f, after fbc8a3de9159; made 2026-11-22 23:28:15.326842+00:00.
"""

import sqlalchemy as sa
from alembic import op

revision = "c6144346f30f"
down_revision = "fbc8a3de9159"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "key_charges",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"], ["api_keys.id"], name=op.f("fk_key_charges_key_id_api_keys"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_charges")),
        postgresql_with={
            "fillfactor": 50,
            "autovacuum_vacuum_scale_factor": 0.0,
            "autovacuum_vacuum_threshold": 500,
            "autovacuum_vacuum_cost_delay": 0,
            "autovacuum_analyze_scale_factor": 0.0,
            "autovacuum_analyze_threshold": 1000,
        },
    )
    op.create_index(op.f("ix_key_charges_key_id_priority"), "key_charges", ["key_id", "priority"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_key_charges_key_id_priority"), table_name="key_charges")
    op.drop_table("key_charges")
