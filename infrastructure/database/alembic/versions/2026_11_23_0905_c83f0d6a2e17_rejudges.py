"""Rejudges, and by which revision a job judges

Revision c83f0d6a2e17, after 8d3f6a20b75e; made 2026-11-23 09:05:00+00:00.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c83f0d6a2e17"
down_revision = "8d3f6a20b75e"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rejudges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("filter", postgresql.JSONB(), nullable=False),
        sa.Column("revision", sa.String(length=32), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.CheckConstraint("revision IN ('newest', 'same')", name=op.f("ck_rejudges_revision")),
        sa.ForeignKeyConstraint(["key_id"], ["api_keys.id"], name=op.f("fk_rejudges_key_id_api_keys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejudges")),
    )
    op.create_index("ix_rejudges_key_id_id", "rejudges", ["key_id", "id"])
    op.add_column("jobs", sa.Column("revision_id", sa.Uuid(), nullable=True))
    op.add_column("jobs", sa.Column("rejudge_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_jobs_revision_id_revisions"), "jobs", "revisions", ["revision_id"], ["id"])
    op.create_foreign_key(
        op.f("fk_jobs_rejudge_id_rejudges"), "jobs", "rejudges", ["rejudge_id"], ["id"], ondelete="SET NULL"
    )
    op.create_index("ix_jobs_revision_id", "jobs", ["revision_id"], postgresql_where=sa.text("revision_id IS NOT NULL"))
    op.create_index(
        "ix_jobs_rejudge_id_submission_id",
        "jobs",
        ["rejudge_id", "submission_id"],
        postgresql_where=sa.text("rejudge_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_jobs_rejudge_id_submission_id", "jobs")
    op.drop_index("ix_jobs_revision_id", "jobs")
    op.drop_constraint(op.f("fk_jobs_rejudge_id_rejudges"), "jobs")
    op.drop_constraint(op.f("fk_jobs_revision_id_revisions"), "jobs")
    op.drop_column("jobs", "rejudge_id")
    op.drop_column("jobs", "revision_id")
    op.drop_table("rejudges")
