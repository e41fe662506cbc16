"""Revisions of submissions are indexed

So that a revision that nobody judges by any more is forgotten without a look at every submission.

Revision 3f9a61c7d8e2, after 7e14d0b95c3a; made 2026-11-23 09:40:00+00:00.
"""

from alembic import op

revision = "3f9a61c7d8e2"
down_revision = "7e14d0b95c3a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_submissions_revision_id"), "submissions", ["revision_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_submissions_revision_id"), "submissions")
