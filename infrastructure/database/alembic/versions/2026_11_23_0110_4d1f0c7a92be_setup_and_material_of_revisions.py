"""Setup and material of revisions, extras of tests

Revision 4d1f0c7a92be, after c6144346f30f; made 2026-11-23 01:10:00+00:00.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "4d1f0c7a92be"
down_revision = "c6144346f30f"
branch_labels = None
depends_on = None

# what revisions had before there was anything to set, as the domain dumped it on this day
SETUP = """{"interaction": null, "passes": 1, "output_only": false, "stubs": [], "input_file": null, "output_file": null,
"languages": null, "language_limits": {}, "code_size": null,
"compile_limits": {"cpu_time": null, "memory": null, "output": null},
"checker_limits": {"cpu_time": null, "memory": null, "output": null}}"""
MATERIAL = """{"validators": [], "references": [], "statements": [], "attachments": [],
"time_rule": {"multiplier": 5.0, "margin": 1.0, "resolution": 1000000, "least": 1000000}}"""


def upgrade() -> None:
    for name, value in (("setup", SETUP), ("material", MATERIAL)):
        op.add_column("revisions", sa.Column(name, postgresql.JSONB(), nullable=False, server_default=value))
        op.alter_column("revisions", name, server_default=None)
    op.add_column("test_cases", sa.Column("extras", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("test_cases", "extras")
    op.drop_column("revisions", "material")
    op.drop_column("revisions", "setup")
