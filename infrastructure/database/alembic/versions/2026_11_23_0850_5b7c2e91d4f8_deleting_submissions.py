"""Submissions by their newest job, for the check of the foreign key when jobs are deleted

Revision 5b7c2e91d4f8, after 5a0c7e1d94b2; made 2026-11-23 08:50:00+00:00.
"""

from alembic import op

revision = "5b7c2e91d4f8"
down_revision = "5a0c7e1d94b2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_submissions_latest_job_id", "submissions", ["latest_job_id"])


def downgrade() -> None:
    op.drop_index("ix_submissions_latest_job_id", "submissions")
